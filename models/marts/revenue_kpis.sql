with orders as (
  select
    orders.*,
    {{> month_start date="orders.ordered_on"}} as period,
    coalesce(orders.channel, 'unknown') as sales_channel,
    case
      when orders.customer_id is null then 'unknown'
      when orders.is_first_order then 'new'
      else 'returning'
    end as customer_type
  from {{ref "int_orders_net"}} as orders
  where orders.is_valid
),

units as (
  select order_id, sum(quantity) as units from {{ref "stg_order_lines"}} group by order_id
),

-- The same orders seen as a whole and by two dimensions; each dimension's values partition the whole.
seen as (
  select orders.*, 'total' as dimension, 'all' as dimension_value from orders
  union all by name
  select orders.*, 'channel' as dimension, sales_channel as dimension_value from orders
  union all by name
  select orders.*, 'customer_type' as dimension, customer_type as dimension_value from orders
),

second_orders as (
  select second.order_id, date_diff('day', first.ordered_on, second.ordered_on) as days_to_second
  from orders as second
  join orders as first on first.customer_id = second.customer_id and first.order_seq = 1
  where second.order_seq = 2
),

totals as (
  select
    seen.period,
    seen.dimension,
    seen.dimension_value,
    count(*) as orders,
    count(distinct seen.customer_id) as customers,
    count(distinct seen.customer_id) filter (where seen.order_seq >= 2) as repeat_customers,
    sum(units.units) as units,
    count(*) filter (where units.units is not null) as orders_with_lines,
    sum(seen.gross) as gross,
    sum(seen.discount) as discount,
    sum(seen.refund) as refunds,
    sum(seen.net) as net,
    median(second_orders.days_to_second) as median_days_to_second_order
  from seen
  left join units using (order_id)
  left join second_orders using (order_id)
  group by seen.period, seen.dimension, seen.dimension_value
),

-- What was paid back in the period, whenever the orders were placed: the refund of the cash book.
refunds_paid as (
  select
    {{> month_start date="refunds.refunded_on"}} as period,
    sum(refunds.amount) as refunds_paid
  from {{ref "stg_refunds"}} as refunds
  join orders using (order_id)
  group by 1
)

select
  totals.period,
  last_day(totals.period) > {{> as_of_date}} as is_partial,
  totals.dimension,
  totals.dimension_value,
  totals.orders,
  totals.customers,
  {{> safe_ratio numerator="totals.net" denominator="totals.orders"}} as aov,
  {{> safe_ratio numerator="totals.units" denominator="totals.orders_with_lines"}} as units_per_order,
  {{> money amount="totals.gross"}} as gross,
  {{> money amount="totals.discount"}} as discount,
  {{> money amount="totals.refunds"}} as refunds,
  {{> money amount="totals.net"}} as net,
  if(totals.dimension = 'total', {{> money amount="coalesce(refunds_paid.refunds_paid, 0)"}}, null) as refunds_paid,
  {{> safe_ratio numerator="totals.repeat_customers" denominator="totals.customers"}} as repeat_purchase_rate,
  totals.median_days_to_second_order,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from totals
left join refunds_paid using (period)
