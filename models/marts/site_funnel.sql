with steps as (
  select * from (values ('landing', 1), ('product', 2), ('cart', 3), ('checkout', 4), ('payment', 5), ('purchase', 6)
  ) as steps(step, step_no)
),

sessions as (
  select
    {{> month_start date="sessions.started_on"}} as month,
    sessions.platform,
    steps.step_no as furthest_no
  from {{ref "int_sessions_channelled"}} as sessions
  join steps on steps.step = sessions.furthest_step
  where sessions.platform <> 'store'
),

-- Whoever came to a step has been at all steps before it.
counted as (
  select
    sessions.month,
    sessions.platform,
    steps.step,
    steps.step_no,
    count(*) filter (where sessions.furthest_no >= steps.step_no) as sessions
  from sessions
  cross join steps
  group by all
),

rated as (
  select
    *,
    lead(sessions) over by_step as sessions_next,
    {{> safe_ratio numerator="sessions - lead(sessions) over by_step" denominator="sessions"}} as leak_rate
  from counted
  window by_step as (
    partition by month, platform
    order by step_no
  )
)

select
  month,
  platform,
  step,
  cast(step_no as integer) as step_no,
  sessions,
  sessions_next,
  leak_rate,
  {{> safe_ratio numerator="sessions" denominator="max(sessions) over (partition by month, platform)"}} as share_of_landings,
  leak_rate is not null
    and row_number() over (partition by month, platform order by leak_rate desc nulls last, step_no) = 1 as is_leakiest,
  {{> as_of_date}} as as_of_date
from rated
