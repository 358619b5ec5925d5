with purchases as (
  select
    customer_id,
    ordered_on as active_on,
    count(*) as orders,
    sum(net) as net,
    min(ordered_at) as first_order_at,
    max(ordered_at) as last_order_at
  from {{ref "int_orders_net"}}
  where is_valid and customer_id is not null
  group by customer_id, ordered_on
),

visits as (
  select
    customer_id,
    occurred_on as active_on,
    min(occurred_at) as first_visit_at,
    max(occurred_at) as last_visit_at
  from {{ref "int_app_events_owned"}}
  where event_type = 'open' and customer_id is not null
  group by customer_id, occurred_on
),

days as (
  select * from purchases full join visits using (customer_id, active_on)
)

select
  days.customer_id,
  days.active_on,
  days.orders is not null as bought,
  days.first_visit_at is not null as visited,
  false as engaged,
  coalesce(days.orders, 0) as orders,
  {{> money amount="coalesce(days.net, 0)"}} as net,
  days.first_order_at,
  days.last_order_at,
  days.first_visit_at,
  days.last_visit_at
from days
join {{ref "int_customers_unified"}} as people using (customer_id)
where people.excluded_reason is distinct from 'test'
