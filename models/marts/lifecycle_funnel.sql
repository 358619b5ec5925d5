-- People, and browsers of nobody known, who were reached and nothing more.
with dates as (
  select customer_id, reach_on, acquisition_on, conversion_on, retention_on, loyalty_on
  from {{ref "int_lifecycle_dates"}}
  union all
  select
    visitor_id,
    min(started_on),
    null,
    null,
    null,
    null
  from {{ref "int_sessions_channelled"}}
  where customer_id is null
  group by visitor_id
),

entries as (
  select
    customer_id,
    stages.stage,
    stages.stage_no,
    case stages.stage
      when 'reach' then reach_on
      when 'acquisition' then acquisition_on
      when 'conversion' then conversion_on
      when 'retention' then retention_on
      when 'loyalty' then loyalty_on
    end as entered_on,
    case stages.stage
      when 'reach' then acquisition_on
      when 'acquisition' then conversion_on
      when 'conversion' then retention_on
      when 'retention' then loyalty_on
    end as next_on
  from dates
  cross join (
    values
      ('reach', 1),
      ('acquisition', 2),
      ('conversion', 3),
      ('retention', 4),
      ('loyalty', 5)
  ) as stages(stage, stage_no)
),

-- A month is judged when its last newcomer has had the whole window.
counted as (
  select
    {{> month_start date="entered_on"}} as month,
    stage,
    stage_no,
    count(*) as entered,
    count(*) filter (where next_on <= entered_on + {{var "funnel_window_days"}}) as went_on,
    median(date_diff('day', entered_on, next_on)) filter (
      where next_on <= entered_on + {{var "funnel_window_days"}}
    ) as median_days_to_next
  from entries
  where entered_on is not null
  group by 1, stage, stage_no
),

judged as (
  select
    *,
    stage <> 'loyalty' and last_day(month) + {{var "funnel_window_days"}} <= {{> as_of_date}} as is_complete
  from counted
)

select
  month,
  stage,
  cast(stage_no as integer) as stage_no,
  entered,
  went_on,
  is_complete,
  case
    when is_complete then {{> safe_ratio numerator="went_on" denominator="entered"}}
  end as conversion_to_next,
  median_days_to_next,
  {{> as_of_date}} as as_of_date
from judged
