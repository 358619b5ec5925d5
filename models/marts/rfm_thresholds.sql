with observed as (
  select 'recency' as metric, cast(recency_days as double) as value from {{ref "int_rfm_base"}}
  union all
  select 'frequency', cast(frequency as double) from {{ref "int_rfm_base"}} where frequency > 0
  union all
  select 'monetary', cast(monetary as double)
  from {{ref "int_rfm_base"}}
  where monetary_excluded_reason is null
),

cuts as (
  select
    metric,
    case metric
      when 'recency' then {{> quantile_cuts value="value" custom=(var "rfm_recency_cuts")}}
      when 'frequency' then {{> quantile_cuts value="value" custom=(var "rfm_frequency_cuts")}}
      else {{> quantile_cuts value="value" custom=(var "rfm_monetary_cuts")}}
    end as points
  from observed
  group by metric
),

bins as (
  select
    cuts.metric,
    cast(bins.bin as integer) as bin,
    cast(if(cuts.metric = 'recency', 6 - bins.bin, bins.bin) as integer) as score,
    cuts.points[bins.bin - 1] as lower,
    cuts.points[bins.bin] as upper
  from
    cuts,
    (values {{#each (range 1 6)}}({{this}}){{#unless @last}}, {{/unless}}{{/each}}) as bins(bin)
),

counted as (
  select
    bins.metric,
    bins.bin,
    bins.score,
    bins.lower,
    bins.upper,
    count(observed.value) as n
  from bins
  left join observed on observed.metric = bins.metric and {{> in_bin value="observed.value" bin="bins"}}
  group by bins.metric, bins.bin, bins.score, bins.lower, bins.upper
)

select
  metric,
  bin,
  score,
  lower,
  upper,
  n,
  cast(count(*) filter (where n > 0) over (partition by metric) as integer) as distinct_scores,
  {{> as_of_date}} as as_of_date
from counted
