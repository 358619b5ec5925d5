with activity_days as (
  select
    customer_id,
    'purchase' as activity,
    active_on,
    first_order_at as first_at,
    last_order_at as last_at
  from {{ref "int_customer_days"}}
  where bought
  union all
  select customer_id, 'visit', active_on, first_visit_at, last_visit_at
  from {{ref "int_customer_days"}}
  where visited
  union all
  select customer_id, 'message', active_on, first_engaged_at, last_engaged_at
  from {{ref "int_customer_days"}}
  where engaged
),

gaps as (
  select *, date_diff('day', lag(active_on) over customer_activity, active_on) as gap_days
  from activity_days
  window customer_activity as (
    partition by customer_id, activity
    order by active_on
  )
),

-- Each gap against the habit known before it: whether somebody came back must not depend on what they did afterwards.
judged_gaps as (
  select
    *,
    quantile_cont(gap_days, 0.5) over (
      partition by customer_id, activity
      order by active_on rows between unbounded preceding and 1 preceding
    ) as median_gap_before
  from gaps
),

habits as (
  select
    judged_gaps.customer_id,
    judged_gaps.activity,
    count(*) as active_days,
    min(judged_gaps.active_on) as first_on,
    max(judged_gaps.active_on) as last_on,
    max(judged_gaps.last_at) as last_at,
    quantile_cont(judged_gaps.gap_days, 0.5) as median_gap_days,
    max(judged_gaps.first_at) filter (
      where
        judged_gaps.gap_days
          > {{> churn_threshold_days activity="judged_gaps.activity" median_gap="judged_gaps.median_gap_before"}}
    ) as reactivated_at
  from judged_gaps
  group by judged_gaps.customer_id, judged_gaps.activity
),

with_threshold as (
  select *, {{> churn_threshold_days activity="activity" median_gap="median_gap_days"}} as threshold_days from habits
)

select
  customer_id,
  activity,
  active_days,
  first_on,
  last_on,
  last_at,
  median_gap_days,
  threshold_days,
  date_diff('day', last_on, {{> as_of_date}}) > threshold_days as is_churned,
  case
    when date_diff('day', last_on, {{> as_of_date}}) > threshold_days then last_on + threshold_days + 1
  end as churned_on,
  reactivated_at
from with_threshold
