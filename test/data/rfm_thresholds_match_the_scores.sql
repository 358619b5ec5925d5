-- The published cut points count the same people as the published scores.
with scored as (
  select 'recency' as metric, r_score as score, count(*) as n
  from {{ref "rfm_scores"}}
  where r_score is not null
  group by r_score
  union all
  select 'frequency', f_score, count(*) from {{ref "rfm_scores"}} where f_value > 0 group by f_score
  union all
  select 'monetary', m_score, count(*)
  from {{ref "rfm_scores"}}
  where m_score is not null and monetary_excluded_reason is null
  group by m_score
),

thresholds as (
  select metric, score, sum(n) as n from {{ref "rfm_thresholds"}} group by metric, score
)

select thresholds.metric, thresholds.score, thresholds.n, scored.n as scored
from thresholds
full join scored on scored.metric = thresholds.metric and scored.score = thresholds.score
where coalesce(thresholds.n, 0) <> coalesce(scored.n, 0)
