-- A higher score never has a worse value: recency falls as its score rises, frequency and value rise with theirs. With nested bins, within the outer ones.
with values_of_scores as (
  select 'recency' as metric, 0 as outer_bin, r_score as score, - r_value as value
  from {{ref "rfm_scores"}}
  where r_score is not null
  union all
  select
    'frequency',
    {{#if (eq (var "rfm_binning") "nested")}}r_score{{else}}0{{/if}},
    f_score,
    f_value
  from {{ref "rfm_scores"}}
  where f_score is not null
  union all
  select
    'monetary',
    {{#if (eq (var "rfm_binning") "nested")}}10 * r_score + f_score{{else}}0{{/if}},
    m_score,
    m_value
  from {{ref "rfm_scores"}}
  where m_score is not null
),

ranges as (
  select
    metric,
    outer_bin,
    score,
    min(value) as lowest,
    max(value) as highest
  from values_of_scores
  group by metric, outer_bin, score
)

select better.metric, better.score, better.lowest, worse.score as lower_score, worse.highest
from ranges as better
join ranges as worse
  on worse.metric = better.metric and worse.outer_bin = better.outer_bin and worse.score < better.score
where worse.highest >= better.lowest
