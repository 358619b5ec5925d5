with months as (
  select cast(month as date) as month
  from (
    select
      unnest(
        generate_series(
          date_trunc('month', {{> as_of_date}}) - to_months({{var "churn_rate_months"}}),
          date_trunc('month', {{> as_of_date}}),
          interval 1 month
        )
      ) as month
  )
),

segments as (
  select customer_id, segment from {{ref "rfm_scores"}}
),

staff as (
  select customer_id from {{ref "int_customers_unified"}} where excluded_reason = 'test'
),

activity_days as (
  select customer_id, 'purchase' as kind, active_on from {{ref "int_customer_days"}} where bought
  union all
  select customer_id, 'visit', active_on from {{ref "int_customer_days"}} where visited
),

gaps as (
  select
    *,
    date_diff('day', lag(active_on) over customer_kind, active_on) as gap_days,
    lead(active_on) over customer_kind as next_on
  from activity_days
  window customer_kind as (
    partition by customer_id, kind
    order by active_on
  )
),

-- Each silence against the habit known when it began: a month that is over must not change with what people did afterwards,
-- and a late return, which lengthens the habit, would hide the silence that it ended.
judged as (
  select
    *,
    quantile_cont(gap_days, 0.5) over (
      partition by customer_id, kind
      order by active_on rows between unbounded preceding and current row
    ) as median_gap_days
  from gaps
),

stretches as (
  select
    customer_id,
    kind,
    active_on,
    active_on + {{> churn_threshold_days activity="kind" median_gap="median_gap_days"}} + 1 as lost_on,
    next_on
  from judged
),

-- From each active day until the silence is full, or the next active day. What follows a full silence is a return.
spells as (
  select
    customer_id,
    kind,
    active_on as from_day,
    least(lost_on, coalesce(next_on, lost_on)) as until_day,
    next_on is null or next_on >= lost_on as ends_in_churn,
    lag(lost_on) over (partition by customer_id, kind order by active_on) <= active_on as is_return
  from stretches
),

passive as (
  select
    months.month,
    spells.kind,
    spells.customer_id,
    bool_or(spells.from_day < months.month and spells.until_day >= months.month) as was_active,
    bool_or(
      spells.ends_in_churn and spells.until_day >= months.month and spells.until_day <= last_day(months.month)
        and spells.until_day <= {{> as_of_date}}
    ) as churned,
    bool_or(spells.is_return and spells.from_day between months.month and last_day(months.month)) as reactivated,
    false as is_involuntary,
    0 as mrr_at_start,
    0 as mrr_lost
  from months
  join spells on spells.from_day <= last_day(months.month) and spells.until_day >= months.month
  group by months.month, spells.kind, spells.customer_id
),

subscriptions as (
  select
    month,
    'subscription' as kind,
    customer_id,
    coalesce(lag(is_active) over (partition by customer_id order by month), false) as was_active,
    change_type = 'churn' as churned,
    change_type = 'reactivation' as reactivated,
    coalesce(churn_type = 'involuntary', false) as is_involuntary,
    prev_mrr as mrr_at_start,
    if(mrr < prev_mrr, prev_mrr - mrr, 0) as mrr_lost
  from {{ref "int_subscription_months"}}
),

-- An installation from before the data has no time: it was there from the start.
presence as (
  select
    customer_id,
    devices_with_app,
    coalesce(is_return, false) as is_return,
    coalesce(occurred_at, timestamp '1970-01-01 00:00:00') as occurred_at
  from {{ref "int_app_presence"}}
),

app as (
  select
    months.month,
    'app' as kind,
    presence.customer_id,
    coalesce(
      arg_max(presence.devices_with_app, presence.occurred_at) filter (
        where cast(presence.occurred_at as date) < months.month
      ),
      0
    ) > 0 as was_active,
    coalesce(arg_max(presence.devices_with_app, presence.occurred_at), 0) = 0 as has_none_at_end,
    bool_or(presence.is_return and cast(presence.occurred_at as date) >= months.month) as has_returned
  from months
  join presence on cast(presence.occurred_at as date) <= last_day(months.month)
  group by months.month, presence.customer_id
),

events as (
  select * from passive
  union all by name
  select * from subscriptions
  union all by name
  select
    month,
    kind,
    customer_id,
    was_active,
    was_active and has_none_at_end as churned,
    has_returned as reactivated,
    false as is_involuntary,
    0 as mrr_at_start,
    0 as mrr_lost
  from app
),

events_of_customers as (
  select * from events anti join staff using (customer_id)
),

segmented as (
  select events.*, 'all' as segment from events_of_customers as events
  union all
  select events.*, coalesce(segments.segment, 'Unknown')
  from events_of_customers as events
  left join segments using (customer_id)
),

counted as (
  select
    segmented.month,
    segmented.kind,
    segmented.segment,
    count(*) filter (where was_active) as active_at_start,
    count(*) filter (where was_active and churned) as churned,
    count(*) filter (where was_active and churned and is_involuntary) as involuntary,
    count(*) filter (where reactivated) as reactivated,
    sum(mrr_at_start) filter (where was_active) as mrr_at_start,
    sum(mrr_lost) filter (where was_active) as mrr_lost
  from segmented
  join months using (month)
  group by segmented.month, segmented.kind, segmented.segment
)

select
  month,
  kind,
  segment,
  active_at_start,
  churned,
  reactivated,
  involuntary,
  last_day(month) <= {{> as_of_date}} as is_complete,
  case
    when last_day(month) <= {{> as_of_date}} then {{> safe_ratio numerator="churned" denominator="active_at_start"}}
  end as rate,
  -- A rate is carried over to a year by what stays, not by adding up.
  case
    when last_day(month) <= {{> as_of_date}} then 1 - pow(
      1 - {{> safe_ratio numerator="churned" denominator="active_at_start"}},
      365.0 / day(last_day(month))
    )
  end as rate_annualised,
  if(kind = 'subscription', {{> safe_ratio numerator="mrr_lost" denominator="mrr_at_start"}}, null) as mrr_churn_rate,
  {{> as_of_date}} as as_of_date
from counted
