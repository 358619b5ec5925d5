with cells as (
  select cohort_grain, mode, activity, k, cohort_size, retained, is_complete, is_left_censored
  from {{ref "cohort_retention"}}
  union all
  select cohort_grain, mode, activity, k, cohort_size, retained, is_complete, is_left_censored
  from {{ref "cohort_retention_weekly"}}
)

-- Large cohorts weigh more, and only what is over counts: a cell that may still grow would pull the curve down.
select
  cohort_grain,
  mode,
  activity,
  k,
  count(*) filter (where is_complete and not is_left_censored) as cohorts_used,
  cast(coalesce(sum(cohort_size) filter (where is_complete and not is_left_censored), 0) as bigint) as customers,
  {{> safe_ratio numerator="sum(retained) filter (where is_complete and not is_left_censored)" denominator="sum(cohort_size) filter (where is_complete and not is_left_censored)"}} as retention_rate,
  {{> as_of_date}} as as_of_date
from cells
group by cohort_grain, mode, activity, k
