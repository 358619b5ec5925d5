-- Former buyers with some value; a part of them is held out at export, so that the effect can be measured.
with members as (
  select flags.customer_id, 'winback' as reason
  from {{ref "customer_churn_flags"}} as flags
  join {{ref "rfm_scores"}} as scores using (customer_id)
  where flags.purchase_is_churned and scores.m_score >= {{var "winback_min_m_score"}}
)

{{> audience valid_days=(var "audience_valid_days")}}
