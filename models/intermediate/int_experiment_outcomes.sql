-- Everybody who was drawn counts, also who is known by nothing else.
with assignments as (
  select assignments.*
  from {{ref "int_experiment_assignments"}} as assignments
  left join {{ref "int_customers_unified"}} as people using (customer_id)
  where people.excluded_reason is null
),

orders as (
  select orders.order_id, orders.customer_id, orders.ordered_at, orders.net, margins.margin
  from {{ref "int_orders_net"}} as orders
  join {{ref "int_order_margins"}} as margins using (order_id)
  where orders.is_valid and orders.customer_id is not null
),

-- Segments are made of what was known at the draw: anything later may be an effect of the treatment.
measured as (
  select
    assignments.*,
    count(orders.order_id) filter (where orders.ordered_at < assignments.assigned_at) as orders_before,
    count(orders.order_id) filter (
      where orders.ordered_at >= assignments.assigned_at
        and orders.ordered_at < assignments.assigned_at + to_days({{var "observation_days"}})
    ) as orders,
    coalesce(
      sum(orders.net) filter (
        where orders.ordered_at >= assignments.assigned_at
          and orders.ordered_at < assignments.assigned_at + to_days({{var "observation_days"}})
      ),
      0
    ) as net,
    coalesce(
      sum(orders.margin) filter (
        where orders.ordered_at >= assignments.assigned_at
          and orders.ordered_at < assignments.assigned_at + to_days({{var "observation_days"}})
      ),
      0
    ) as margin
  from assignments
  left join orders on orders.customer_id = assignments.customer_id
  group by all
),

-- A few large baskets can make or hide an effect, so spending is shown capped, too: at one cut for both arms.
caps as (
  select
    experiment_id,
    quantile_cont(net, {{var "winsorise_quantile"}}) filter (where net > 0) as cap
  from measured
  group by experiment_id
)

select
  measured.experiment_id,
  measured.customer_id,
  measured.arm,
  measured.origin,
  measured.campaign_id,
  measured.incentive_id,
  measured.assigned_at,
  measured.exposed_at,
  measured.planned_treatment_share,
  case
    when measured.orders_before = 0 then 'never_bought'
    when measured.orders_before = 1 then 'bought_once'
    else 'bought_again'
  end as segment,
  measured.orders > 0 as converted,
  measured.orders,
  {{> money amount="measured.net"}} as net,
  {{> money amount="least(measured.net, coalesce(caps.cap, measured.net))"}} as net_winsorised,
  {{> money amount="measured.margin"}} as margin,
  cast(measured.assigned_at + to_days({{var "observation_days"}}) as date) <= {{> as_of_date}} as is_observed
from measured
left join caps using (experiment_id)
