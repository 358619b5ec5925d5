with scores as (
  select customer_id, any_value(score) as score from {{ref "prechurn_signals"}} group by customer_id
),

members as (
  select
    rfm.customer_id,
    if(scores.score >= {{var "at_risk_score"}}, 'signals', 'segment') as reason
  from {{ref "rfm_scores"}} as rfm
  left join scores using (customer_id)
  where rfm.m_score >= {{var "high_value_m_score"}}
    and (scores.score >= {{var "at_risk_score"}} or rfm.segment in ('At Risk', 'Can''t Lose Them'))
)

{{> audience valid_days=(var "audience_valid_days")}}
