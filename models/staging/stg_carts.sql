with records as (
  select
    {{> id_text column="cart_id"}} as cart_id,
    {{> id_text column="customer_id"}} as customer_id,
    {{> id_text column="session_id"}} as session_id,
    {{> local_timestamp column="created_at"}} as created_at,
    {{> local_timestamp column="coalesce(last_activity_at, created_at)"}} as last_activity_at,
    {{> money amount="value"}} as value,
    {{> id_text column="converted_order_id"}} as converted_order_id
  from {{ref "raw_carts"}}
),

known_by_then as (
  select *, cast(last_activity_at as date) > {{> as_of_date}} as has_gone_on_since
  from records
  where cast(created_at as date) <= {{> as_of_date}}
)

select
  cart_id,
  customer_id,
  session_id,
  created_at,
  cast(created_at as date) as created_on,
  if(has_gone_on_since, created_at, last_activity_at) as last_activity_at,
  value,
  if(has_gone_on_since, null, converted_order_id) as converted_order_id
from known_by_then
qualify row_number() over (
  partition by cart_id
  order by
    has_gone_on_since,
    known_by_then.last_activity_at desc,
    converted_order_id,
    value desc,
    customer_id,
    session_id
) = 1
