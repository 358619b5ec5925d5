-- What decides whether predictions deserve trust, in one row.
with buyers as (
  select
    customer_id,
    count(*) as orders,
    min(ordered_on) as first_ordered_on,
    max(ordered_on) as last_ordered_on
  from {{ref "int_orders_net"}}
  where is_valid and customer_id is not null
  group by customer_id
)

select
  count(buyers.customer_id) as buyers,
  coalesce(date_diff('day', min(buyers.first_ordered_on), {{> as_of_date}}) + 1, 0) as history_days,
  date_diff('day', max(buyers.last_ordered_on), {{> as_of_date}}) as days_since_last_order,
  count(*) filter (where buyers.orders >= 3) as buyers_with_three_orders,
  any_value(parameters.q) as q,
  any_value(parameters.count_value_correlation) as count_value_correlation
from {{ref "clv_model_parameters"}} as parameters
left join buyers on true
