with days as (
  select * from {{ref "int_daily_totals"}}
),

-- A day's place in its period: the same place a year earlier is the like day. 29 February and week 53 have none.
placed as (
  select
    metric,
    day,
    value,
    'month' as period_type,
    {{> month_start date="day"}} as period,
    last_day(day) as period_end,
    year(day) as year,
    month(day) as number,
    day(day) as place
  from days
  union all
  select
    metric,
    day,
    value,
    'iso_week',
    cast(date_trunc('week', day) as date),
    cast(date_trunc('week', day) as date) + 6,
    isoyear(day),
    weekofyear(day),
    isodow(day)
  from days
),

compared as (
  select placed.*, earlier.value as value_before
  from placed
  left join placed as earlier
    on earlier.metric = placed.metric and earlier.period_type = placed.period_type
    and earlier.year = placed.year - 1 and earlier.number = placed.number and earlier.place = placed.place
),

holidays as (
  select holiday, holiday_on from {{ref "moving_holidays"}}
),

holidays_in as (
  select placed.period_type, placed.period, list_sort(list(distinct holidays.holiday)) as holidays
  from (select distinct period_type, period, period_end from placed) as placed
  join holidays on holidays.holiday_on between placed.period and placed.period_end
  group by placed.period_type, placed.period
),

periods as (
  select
    period_type,
    metric,
    period,
    any_value(year) as year,
    any_value(number) as number,
    any_value(period_end) as period_end,
    sum(value) as value,
    count(*) as days,
    count(value_before) as like_days,
    sum(value) filter (where value_before is not null) as like_value,
    sum(value_before) as prev_year
  from compared
  group by period_type, metric, period
),

indexed as (
  select
    *,
    count(*) over one_year as periods_in_mean,
    avg(value) over one_year as trailing_mean,
    min(period) over (partition by period_type, metric) as first_period
  from periods
  window one_year as (
    partition by period_type, metric
    order by period rows between (case period_type when 'month' then 11 else 51 end) preceding and current row
  )
)

select
  indexed.period_type,
  indexed.period,
  indexed.metric,
  indexed.value,
  indexed.like_value,
  indexed.prev_year,
  -- Without an earlier year there is nothing to compare with, which is not the same as no change.
  {{> safe_ratio numerator="indexed.like_value - indexed.prev_year" denominator="indexed.prev_year"}} as yoy,
  case
    when indexed.periods_in_mean = case indexed.period_type
      when 'month' then 12
      else 52
    end
      and indexed.period_end <= {{> as_of_date}}
        then {{> safe_ratio numerator="indexed.value" denominator="indexed.trailing_mean"}}
  end as index_to_mean,
  cast(indexed.days as integer) as days,
  cast(indexed.like_days as integer) as like_days,
  indexed.days = indexed.like_days as same_days,
  indexed.period_end > {{> as_of_date}} as is_partial,
  if(before.period is null, null, coalesce(now_in.holidays, []) <> coalesce(then_in.holidays, [])) as has_moved_holiday,
  {{> as_of_date}} as as_of_date
from indexed
left join holidays_in as now_in on now_in.period_type = indexed.period_type and now_in.period = indexed.period
left join indexed as before
  on before.period_type = indexed.period_type and before.metric = indexed.metric
  and before.year = indexed.year - 1 and before.number = indexed.number
left join holidays_in as then_in on then_in.period_type = before.period_type and then_in.period = before.period
