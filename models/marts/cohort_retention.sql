with active_days as (
  select * from {{ref "int_customer_days"}}
),

members as (
  select customer_id, cast(date_trunc('month', min(active_on)) as date) as cohort_period
  from active_days
  where bought
  group by customer_id
),

cohorts as (
  select cohort_period, count(*) as cohort_size from members group by cohort_period
),

data_start as (
  select min(ordered_on) as first_day from {{ref "stg_orders"}}
),

member_months as (
  select
    members.cohort_period,
    members.customer_id,
    date_diff('month', members.cohort_period, active_days.active_on) as k,
    bool_or(active_days.bought) as bought,
    bool_or(active_days.visited) as visited,
    sum(active_days.orders) as orders,
    sum(active_days.net) as net
  from members
  join active_days using (customer_id)
  where active_days.active_on >= members.cohort_period
  group by members.cohort_period, members.customer_id, k
),

-- Every cell that has begun, also those in which nobody did anything.
cells as (
  select cohorts.cohort_period, cohorts.cohort_size, steps.k
  from cohorts, unnest(range(0, {{var "cohort_max_periods"}} + 1)) as steps(k)
  where cohorts.cohort_period + to_months(cast(steps.k as integer)) <= {{> as_of_date}}
),

activities as (
  select cohort_period, customer_id, k, 'purchase' as activity from member_months where bought
  union all
  select cohort_period, customer_id, k, 'visit' from member_months where visited
),

last_activity as (
  select cohort_period, customer_id, activity, max(k) as last_k
  from activities
  group by cohort_period, customer_id, activity
),

retained as (
  select cohort_period, k, 'n_day' as mode, activity, count(*) as retained
  from activities
  group by cohort_period, k, activity
  union all
  select cells.cohort_period, cells.k, 'unbounded', last_activity.activity, count(*)
  from cells
  join last_activity on last_activity.cohort_period = cells.cohort_period and last_activity.last_k >= cells.k
  group by cells.cohort_period, cells.k, last_activity.activity
),

revenue as (
  select cohort_period, k, sum(orders) as orders, sum(net) as net from member_months group by cohort_period, k
),

cumulated as (
  select
    cells.*,
    coalesce(revenue.orders, 0) as orders,
    coalesce(revenue.net, 0) as net,
    sum(coalesce(revenue.net, 0)) over (
      partition by cells.cohort_period order by cells.k rows between unbounded preceding and current row
    ) as cumulative_net,
    last_day(cells.cohort_period + to_months(cast(cells.k as integer))) <= {{> as_of_date}} as is_complete
  from cells
  left join revenue using (cohort_period, k)
)

select
  cumulated.cohort_period,
  'month' as cohort_grain,
  cast(cumulated.k as integer) as k,
  modes.mode,
  kinds.activity,
  cumulated.cohort_size,
  coalesce(retained.retained, 0) as retained,
  case
    when cumulated.is_complete
      then {{> safe_ratio numerator="coalesce(retained.retained, 0)" denominator="cumulated.cohort_size"}}
  end as retention_rate,
  cast(cumulated.orders as bigint) as orders,
  {{> money amount="cumulated.net"}} as net,
  case
    when cumulated.is_complete
      then {{> money amount="cumulated.cumulative_net / nullif(cumulated.cohort_size, 0)"}}
  end as cumulative_net_per_customer,
  cumulated.is_complete,
  cumulated.cohort_period < data_start.first_day + {{var "left_censor_days"}} as is_left_censored,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from cumulated
cross join (values ('n_day'), ('unbounded')) as modes(mode)
cross join (values ('purchase'), ('visit')) as kinds(activity)
cross join data_start
left join retained
  on retained.cohort_period = cumulated.cohort_period
  and retained.k = cumulated.k
  and retained.mode = modes.mode
  and retained.activity = kinds.activity
