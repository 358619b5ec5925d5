-- With rfm_binning nested, orders are cut within each recency score and value within each pair of recency and frequency scores.
with buyers as (
  select
    cast(recency_days as double) as recency,
    cast(frequency as double) as frequency,
    cast(monetary as double) as monetary,
    monetary_excluded_reason is null as has_value
  from {{ref "int_rfm_base"}}
),

recency_cuts as (
  select {{> quantile_cuts value="recency" custom=(var "rfm_recency_cuts")}} as points
  from buyers
  having count(*) > 0
),

by_recency as (
  select
    buyers.*,
    {{#if (eq (var "rfm_binning") "nested")}}
    5
      - len(list_filter(recency_cuts.points, cut -> {{> is_above_cut value="buyers.recency" cut="cut"}})) as within_r_score
    {{else}}
    null as within_r_score
    {{/if}}
  from buyers cross join recency_cuts
),

frequency_cuts as (
  select
    within_r_score,
    {{> quantile_cuts value="frequency" custom=(var "rfm_frequency_cuts")}} as points
  from by_recency
  where frequency > 0
  group by within_r_score
),

by_frequency as (
  select
    by_recency.*,
    {{#if (eq (var "rfm_binning") "nested")}}
    1 + coalesce(
      len(list_filter(frequency_cuts.points, cut -> {{> is_above_cut value="by_recency.frequency" cut="cut"}})),
      0
    ) as within_f_score
    {{else}}
    null as within_f_score
    {{/if}}
  from by_recency
  left join frequency_cuts on frequency_cuts.within_r_score is not distinct from by_recency.within_r_score
),

monetary_cuts as (
  select
    within_r_score,
    within_f_score,
    {{> quantile_cuts value="monetary" custom=(var "rfm_monetary_cuts")}} as points
  from by_frequency
  where has_value
  group by within_r_score, within_f_score
),

cuts as (
  select 'recency' as metric, null as within_r_score, null as within_f_score, points from recency_cuts
  union all
  select 'frequency', within_r_score, null, points from frequency_cuts
  union all
  select 'monetary', within_r_score, within_f_score, points from monetary_cuts
),

observed as (
  select 'recency' as metric, null as within_r_score, null as within_f_score, recency as value from buyers
  union all
  select 'frequency', within_r_score, null, frequency from by_recency where frequency > 0
  union all
  select 'monetary', within_r_score, within_f_score, monetary from by_frequency where has_value
),

bins as (
  select
    cuts.metric,
    cuts.within_r_score,
    cuts.within_f_score,
    cast(bins.bin as integer) as bin,
    cast(if(cuts.metric = 'recency', 6 - bins.bin, bins.bin) as integer) as score,
    cuts.points[bins.bin - 1] as lower,
    cuts.points[bins.bin] as upper
  from
    cuts,
    (values {{#each (range 1 6)}}({{this}}){{#unless @last}}, {{/unless}}{{/each}}) as bins(bin)
),

counted as (
  select bins.*, count(observed.value) as n
  from bins
  left join observed
    on observed.metric = bins.metric
    and observed.within_r_score is not distinct from bins.within_r_score
    and observed.within_f_score is not distinct from bins.within_f_score
    and {{> in_bin value="observed.value" bin="bins"}}
  group by all
)

select
  metric,
  bin,
  score,
  lower,
  upper,
  cast(within_r_score as integer) as within_r_score,
  cast(within_f_score as integer) as within_f_score,
  n,
  cast(
    count(*) filter (where n > 0) over (partition by metric, within_r_score, within_f_score) as integer
  ) as distinct_scores,
  {{> as_of_date}} as as_of_date
from counted
