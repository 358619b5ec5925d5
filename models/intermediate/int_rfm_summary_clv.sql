-- Free samples are no purchases, and several purchases of one period are one.
with purchase_periods as (
  select
    orders.customer_id,
    {{#if (eq (var "clv_period") "week")}}
    {{> week_start date="orders.ordered_on"}} as period_start,
    {{else}}
    cast(date_trunc({{literal (var "clv_period")}}, orders.ordered_on) as date) as period_start,
    {{/if}}
    min(orders.ordered_on) as first_ordered_on,
    sum(orders.net) as net,
    sum(orders.gross - orders.discount) as paid
  from {{ref "int_orders_net"}} as orders
  join {{ref "int_customers_unified"}} as people using (customer_id)
  where orders.is_valid and people.excluded_reason is null and orders.gross > orders.discount
  group by orders.customer_id, period_start
),

first_periods as (
  select
    customer_id,
    min(period_start) as first_period,
    min(first_ordered_on) as first_order_date
  from purchase_periods
  group by customer_id
),

-- The first purchase made a customer; what the repeat ones are worth is what the next one may be worth.
summary as (
  select
    customer_id,
    first_periods.first_period,
    first_periods.first_order_date,
    count(*) - 1 as x,
    max(purchase_periods.period_start) as last_period,
    avg(purchase_periods.net) filter (
      where purchase_periods.period_start > first_periods.first_period
    ) as mean_repeat_value,
    avg(purchase_periods.paid) filter (
      where purchase_periods.period_start > first_periods.first_period
    ) as mean_repeat_paid
  from purchase_periods
  join first_periods using (customer_id)
  group by customer_id, first_periods.first_period, first_periods.first_order_date
),

data_start as (
  select min(ordered_on) as first_day from {{ref "stg_orders"}}
)

select
  summary.customer_id,
  summary.x,
  {{#if (eq (var "clv_period") "week")}}
  (summary.last_period - summary.first_period) // 7 as t_x,
  ({{> as_of_date}} - summary.first_period) // 7 as "T",
  {{else}}
  date_diff({{literal (var "clv_period")}}, summary.first_period, summary.last_period) as t_x,
  date_diff({{literal (var "clv_period")}}, summary.first_period, {{> as_of_date}}) as "T",
  {{/if}}
  {{> money amount="coalesce(summary.mean_repeat_value, 0)"}} as mean_repeat_value,
  {{> money amount="coalesce(summary.mean_repeat_paid, 0)"}} as mean_repeat_paid,
  summary.first_order_date,
  {{literal (var "clv_period")}} as period,
  summary.x = 0 as is_one_time,
  summary.first_order_date < data_start.first_day + {{var "left_censor_days"}} as is_left_censored,
  case
    when summary.x = 0 then 'no_repeat_purchase'
    when summary.mean_repeat_value <= 0 then 'net_not_positive'
  end as value_excluded_reason,
  {{> as_of_date}} as as_of_date
from summary
cross join data_start
