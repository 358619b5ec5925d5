-- What decides whether predictions deserve trust, in one row.
with orders as (
  select customer_id, ordered_on, count(*) over (partition by customer_id) as orders
  from {{ref "int_orders_net"}}
  where is_valid and customer_id is not null
)

select
  count(distinct orders.customer_id) as buyers,
  coalesce(date_diff('day', min(orders.ordered_on), {{> as_of_date}}) + 1, 0) as history_days,
  date_diff('day', max(orders.ordered_on), {{> as_of_date}}) as days_since_last_order,
  count(distinct orders.customer_id) filter (where orders.orders >= 3) as buyers_with_three_orders,
  any_value(parameters.q) as q,
  any_value(parameters.count_value_correlation) as count_value_correlation
from {{ref "clv_model_parameters"}} as parameters
left join orders on true
