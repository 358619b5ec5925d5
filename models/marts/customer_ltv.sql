with people as (
  select customer_id from {{ref "int_customers_unified"}} where excluded_reason is null
),

history as (
  select
    margins.customer_id,
    count(*) as orders,
    sum(orders.gross) as gross,
    sum(margins.net) as net,
    sum(margins.margin) as margin
  from {{ref "int_order_margins"}} as margins
  join {{ref "int_orders_net"}} as orders using (order_id)
  where margins.customer_id is not null
  group by margins.customer_id
),

readiness as (
  select
    coalesce(bool_and(ok), false) as is_ready,
    string_agg(condition, ', ' order by condition) filter (where not ok) as missing
  from {{ref "clv_readiness"}}
)

select
  people.customer_id,
  coalesce(history.orders, 0) as historic_orders,
  {{> money amount="coalesce(history.gross, 0)"}} as historic_gross,
  {{> money amount="coalesce(history.net, 0)"}} as historic_net,
  {{> money amount="coalesce(history.margin, 0)"}} as historic_margin,
  summaries.is_one_time,
  if(readiness.is_ready, predictions.p_alive, null) as p_alive,
  if(readiness.is_ready, predictions.exp_orders_h, null) as exp_orders_h,
  {{> money amount="if(readiness.is_ready, predictions.exp_value, null)"}} as exp_value,
  {{> money amount="if(readiness.is_ready, predictions.predicted_clv, null)"}} as predicted_clv,
  {{> money amount="coalesce(history.net, 0) + coalesce(if(readiness.is_ready, predictions.predicted_clv, null), 0)"}} as total_clv,
  case
    when history.customer_id is null then 'no_order'
    when readiness.is_ready and predictions.customer_id is not null then 'bg_nbd_gamma_gamma'
    else 'historic_only'
  end as model,
  if(readiness.is_ready, 'ready', 'not ready: ' || readiness.missing) as readiness,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from people
cross join readiness
left join history using (customer_id)
left join {{ref "int_rfm_summary_clv"}} as summaries using (customer_id)
left join {{ref "int_clv_predictions"}} as predictions using (customer_id)
