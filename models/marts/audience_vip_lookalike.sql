-- The best customers, with what they are worth, as the seed that a platform finds similar people by.
with members as (
  select scores.customer_id, scores.segment as reason, greatest(ltv.total_clv, 0) as value
  from {{ref "rfm_scores"}} as scores
  join {{ref "customer_ltv"}} as ltv using (customer_id)
  where scores.segment in ('Champions', 'Loyal')
),

addressed as (
  {{> audience valid_days=(var "audience_valid_days")}}
)

select
  addressed.* exclude (valid_until, as_of_date),
  {{> money amount="members.value"}} as value,
  {{literal (var "reporting_currency")}} as currency,
  addressed.valid_until,
  addressed.as_of_date
from addressed
join members using (customer_id)
