with issued as (
  select
    incentives.incentive_id,
    coalesce(people.customer_id, incentives.customer_id) as customer_id,
    incentives.type,
    incentives.value,
    incentives.issued_at,
    incentives.redeemed_order_id is not null and coalesce(orders.is_valid, false) as is_redeemed,
    if(orders.is_valid, orders.net, null) as net
  from {{ref "stg_incentives"}} as incentives
  left join {{ref "int_account_people"}} as people on people.account_id = incentives.customer_id
  left join {{ref "int_orders_net"}} as orders on orders.order_id = incentives.redeemed_order_id
),

buyers_before as (
  select
    issued.incentive_id,
    issued.customer_id,
    issued.issued_at,
    count(orders.order_id) as orders_before
  from issued
  left join {{ref "int_orders_net"}} as orders
    on orders.customer_id = issued.customer_id and orders.is_valid and orders.ordered_at < issued.issued_at
  group by all
),

segmented as (
  select
    issued.*,
    case
      when orders_before = 0 then 'never_bought'
      when orders_before = 1 then 'bought_once'
      else 'bought_again'
    end as segment
  from issued
  join buyers_before using (incentive_id, customer_id, issued_at)
),

everybody as (
  select * from segmented
  union all by name
  select * replace ('all' as segment) from segmented
),

counted as (
  select
    incentive_id,
    segment,
    any_value(type) as type,
    count(*) as issued,
    count(*) filter (where is_redeemed) as redeemed,
    coalesce(sum(value) filter (where is_redeemed), 0) as cost,
    coalesce(sum(net) filter (where is_redeemed), 0) as redeemed_net
  from everybody
  group by incentive_id, segment
),

-- Redemptions say who took the gift; only an experiment says who bought because of it.
lifts as (
  select
    incentive_id,
    segment,
    max(experiment_id) as experiment_id,
    sum(abs_lift * n_t) filter (where metric = 'orders') as incremental_orders,
    sum(abs_lift * n_t) filter (where metric = 'margin') as incremental_margin,
    max(verdict) filter (where metric = 'orders') as verdict
  from {{ref "experiment_lift"}}
  where incentive_id is not null and verdict not in ('sample_ratio_mismatch', 'too_early')
  group by incentive_id, segment
)

select
  counted.incentive_id,
  counted.segment,
  counted.type,
  counted.issued,
  counted.redeemed,
  {{> safe_ratio numerator="counted.redeemed" denominator="counted.issued"}} as redemption_rate,
  redemption_rate as rate,
  {{> money amount="counted.cost"}} as cost,
  {{> money amount="counted.redeemed_net"}} as redeemed_net,
  lifts.experiment_id,
  lifts.incremental_orders,
  {{> money amount="lifts.incremental_margin"}} as margin,
  {{> safe_ratio numerator="lifts.incremental_margin - counted.cost" denominator="counted.cost"}} as roi,
  -- Redeemed orders that would have come anyway.
  if(lifts.incremental_orders is null, null, greatest(counted.redeemed - lifts.incremental_orders, 0)) as cannibalised,
  coalesce(lifts.verdict, 'not_measured') as verdict,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from counted
left join lifts using (incentive_id, segment)
