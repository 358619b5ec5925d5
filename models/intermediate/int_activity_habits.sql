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

-- Nobody has stopped within the silence that everybody is granted: longer gaps alone can end in a return.
long_gaps as (
  select customer_id, activity, active_on, first_at, gap_days
  from gaps
  where gap_days > {{> churn_threshold_days activity="activity" median_gap="null"}}
),

-- Each of them against the habit known before it: whether somebody came back must not depend on what they did afterwards.
judged_gaps as (
  select
    long_gaps.customer_id,
    long_gaps.activity,
    long_gaps.first_at,
    long_gaps.gap_days,
    quantile_cont(earlier.gap_days, 0.5) as median_gap_before
  from long_gaps
  left join gaps as earlier
    on earlier.customer_id = long_gaps.customer_id and earlier.activity = long_gaps.activity
    and earlier.active_on < long_gaps.active_on
  group by long_gaps.customer_id, long_gaps.activity, long_gaps.active_on, long_gaps.first_at, long_gaps.gap_days
),

returns as (
  select customer_id, activity, max(first_at) as reactivated_at
  from judged_gaps
  where gap_days > {{> churn_threshold_days activity="activity" median_gap="median_gap_before"}}
  group by customer_id, activity
),

habits as (
  select
    customer_id,
    activity,
    count(*) as active_days,
    min(active_on) as first_on,
    max(active_on) as last_on,
    max(last_at) as last_at,
    quantile_cont(gap_days, 0.5) as median_gap_days
  from gaps
  group by customer_id, activity
),

with_threshold as (
  select *, {{> churn_threshold_days activity="activity" median_gap="median_gap_days"}} as threshold_days from habits
)

select
  habits.customer_id,
  habits.activity,
  habits.active_days,
  habits.first_on,
  habits.last_on,
  habits.last_at,
  habits.median_gap_days,
  habits.threshold_days,
  date_diff('day', habits.last_on, {{> as_of_date}}) > habits.threshold_days as is_churned,
  case
    when date_diff('day', habits.last_on, {{> as_of_date}}) > habits.threshold_days then habits.last_on
      + habits.threshold_days + 1
  end as churned_on,
  returns.reactivated_at
from with_threshold as habits
left join returns using (customer_id, activity)
