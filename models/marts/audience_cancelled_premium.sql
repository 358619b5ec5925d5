with members as (
  select
    customer_id,
    if(premium_cancel_reason = 'payment_failed', 'payment_failed', 'cancelled') as reason
  from {{ref "customer_churn_flags"}}
  where cast(premium_cancel_at as date) > {{> as_of_date}} - {{var "premium_audience_days"}}
)

{{> audience valid_days=(var "audience_valid_days")}}
