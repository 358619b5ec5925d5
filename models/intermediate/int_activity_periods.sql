with active_days as (
  select customer_id, 'purchase' as activity, active_on
  from {{ref "int_customer_days"}}
  where bought
  union all
  select customer_id, 'visit_app', active_on from {{ref "int_customer_days"}} where visited_app
  union all
  select customer_id, 'visit_web', active_on from {{ref "int_customer_days"}} where visited_web
  union all
  select customer_id, 'visit_store', active_on from {{ref "int_customer_days"}} where visited_store
  union all
  select customer_id, 'visit', active_on from {{ref "int_customer_days"}} where visited
  union all
  select customer_id, 'message', active_on from {{ref "int_customer_days"}} where engaged
  union all
  select customer_id, 'any', active_on from {{ref "int_customer_days"}}
),

numbered as (
  {{> islands days="active_days" partition="customer_id, activity" day="active_on" max_gap=(var "activity_gap_days")}}
),

periods as (
  select
    customer_id,
    activity,
    cast(island as integer) as island,
    min(active_on) as first_on,
    max(active_on) as last_on,
    count(*) as active_days,
    min_by(coalesce(gap_before, -1), active_on) as gap_days
  from numbered
  group by customer_id, activity, island
)

select
  customer_id,
  activity,
  island,
  first_on as "from",
  last_on as "to",
  nullif(gap_days, -1) as gap_days,
  active_days,
  -- As long as the tolerated gap is not over, the period may go on.
  date_diff('day', last_on, {{> as_of_date}}) <= {{var "activity_gap_days"}} as is_open
from periods
