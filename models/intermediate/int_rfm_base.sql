with valid_orders as (
  select
    orders.*,
    orders.ordered_on > {{> as_of_date}} - {{var "rfm_lookback_days"}} as is_in_lookback
  from {{ref "int_orders_net"}} as orders
  join {{ref "int_customers_unified"}} as people using (customer_id)
  where orders.is_valid and people.excluded_reason is null
),

summary as (
  select
    customer_id,
    min(ordered_on) as first_order_on,
    max(ordered_on) as last_order_on,
    count(*) filter (where is_in_lookback) as frequency,
    {{> money amount="coalesce(sum(net) filter (where is_in_lookback), 0)"}} as monetary
  from valid_orders
  group by customer_id
)

select
  customer_id,
  first_order_on,
  last_order_on,
  date_diff('day', last_order_on, {{> as_of_date}}) as recency_days,
  frequency,
  monetary,
  case
    when frequency = 0 then 'no_order_in_lookback'
    when monetary <= 0 then 'net_not_positive'
  end as monetary_excluded_reason
from summary
