-- An account decides; an order without one belongs to the person of its address; the rest to nobody known.
with keys as (
  select
    order_id,
    if(customer_id is not null, 'account', 'email') as link_type,
    coalesce(customer_id, email_hash) as link_key
  from {{ref "stg_orders"}}
)

select keys.order_id, links.customer_id
from keys
left join {{ref "int_identity_links"}} as links on links.link_type = keys.link_type and links.link_key = keys.link_key
