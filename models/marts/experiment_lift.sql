with outcomes as (
  select * from {{ref "int_experiment_outcomes"}}
),

segmented as (
  select *, 'all' as segment_name from outcomes
  union all
  select *, segment from outcomes
),

values_of_people as (
  select experiment_id, segment_name as segment, arm, is_observed, metrics.metric,
    case metrics.metric
      when 'converted' then cast(converted as double)
      when 'orders' then cast(orders as double)
      when 'net' then cast(net as double)
      when 'net_winsorised' then cast(net_winsorised as double)
      when 'margin' then cast(margin as double)
    end as value
  from segmented
  cross join (values ('converted'), ('orders'), ('net'), ('net_winsorised'), ('margin')) as metrics(metric)
),

arms as (
  select
    experiment_id,
    metric,
    segment,
    count(*) filter (where arm = 'treatment') as n_t,
    count(*) filter (where arm = 'holdout') as n_h,
    avg(value) filter (where arm = 'treatment') as rate_t,
    avg(value) filter (where arm = 'holdout') as rate_h,
    var_samp(value) filter (where arm = 'treatment') as variance_t,
    var_samp(value) filter (where arm = 'holdout') as variance_h,
    bool_and(is_observed) as is_observed
  from values_of_people
  group by experiment_id, metric, segment
),

-- How likely the split is, if it was drawn as planned: chi-square with one degree of freedom.
splits as (
  select
    experiment_id,
    any_value(campaign_id) as campaign_id,
    any_value(incentive_id) as incentive_id,
    min(assigned_at) as assigned_at,
    count(*) as n,
    pow(count(*) filter (where arm = 'treatment') - count(*) * avg(planned_treatment_share), 2)
      / nullif(count(*) * avg(planned_treatment_share) * (1 - avg(planned_treatment_share)), 0) as chi_square
  from outcomes
  group by experiment_id
),

differences as (
  select
    arms.*,
    arms.rate_t - arms.rate_h as abs_lift,
    -- Shares vary as p (1 - p), in the two arms apart; means as their samples do (Welch).
    case when arms.metric = 'converted'
      then sqrt(arms.rate_t * (1 - arms.rate_t) / nullif(arms.n_t, 0) + arms.rate_h * (1 - arms.rate_h) / nullif(arms.n_h, 0))
      else sqrt(arms.variance_t / nullif(arms.n_t, 0) + arms.variance_h / nullif(arms.n_h, 0))
    end as se,
    -- Under the hypothesis of no effect both arms have one share.
    case when arms.metric = 'converted'
      then sqrt(pooled.share * (1 - pooled.share) * (1.0 / nullif(arms.n_t, 0) + 1.0 / nullif(arms.n_h, 0)))
      else sqrt(arms.variance_t / nullif(arms.n_t, 0) + arms.variance_h / nullif(arms.n_h, 0))
    end as se_of_test
  from arms
  cross join lateral (
    select (arms.rate_t * arms.n_t + arms.rate_h * arms.n_h) / nullif(arms.n_t + arms.n_h, 0) as share
  ) as pooled
),

tested as (
  select
    differences.*,
    {{> safe_ratio numerator="differences.abs_lift" denominator="differences.se_of_test"}} as z,
    splits.campaign_id,
    splits.incentive_id,
    splits.assigned_at,
    {{> two_sided_p z="sqrt(splits.chi_square)"}} as srm_p
  from differences
  join splits using (experiment_id)
)

select
  experiment_id,
  metric,
  segment,
  campaign_id,
  incentive_id,
  assigned_at,
  n_t,
  n_h,
  rate_t,
  rate_h,
  abs_lift,
  {{> safe_ratio numerator="abs_lift" denominator="rate_h"}} as rel_lift,
  se,
  abs_lift - {{var "confidence_z"}} * se as ci_low,
  abs_lift + {{var "confidence_z"}} * se as ci_high,
  z,
  {{> two_sided_p z="z"}} as p,
  if(metric = 'converted', abs_lift * n_t, null) as incremental_customers,
  if(metric in ('net', 'net_winsorised', 'margin'), {{> money amount="abs_lift * n_t"}}, null) as incremental_revenue,
  srm_p,
  case
    when srm_p < {{var "srm_p_limit"}} then 'sample_ratio_mismatch'
    when not is_observed then 'too_early'
    when least(n_t, n_h) < {{var "experiment_min_arm"}} then 'too_few'
    when se is null or se = 0 then 'inconclusive'
    when abs_lift - {{var "confidence_z"}} * se > 0 then 'positive'
    when abs_lift + {{var "confidence_z"}} * se < 0 then 'negative'
    else 'inconclusive'
  end as verdict,
  {{> as_of_date}} as as_of_date
from tested
