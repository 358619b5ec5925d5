-- A higher score never has a worse value: recency falls as its score rises, frequency and value rise with theirs.
with values_of_scores as (
  select 'recency' as metric, r_score as score, - r_value as value
  from {{ref "rfm_scores"}}
  where r_score is not null
  union all
  select 'frequency', f_score, f_value from {{ref "rfm_scores"}} where f_score is not null
  union all
  select 'monetary', m_score, m_value from {{ref "rfm_scores"}} where m_score is not null
),

ranges as (
  select
    metric,
    score,
    min(value) as lowest,
    max(value) as highest
  from values_of_scores
  group by metric, score
)

select better.metric, better.score, better.lowest, worse.score as lower_score, worse.highest
from ranges as better
join ranges as worse on worse.metric = better.metric and worse.score < better.score
where worse.highest >= better.lowest
