with members as (
  select
    customer_id,
    if(visits_is_churned, 'stopped_buying_and_visiting', 'stopped_buying') as reason
  from {{ref "customer_churn_flags"}}
  where purchase_is_churned and purchase_churned_on > {{> as_of_date}} - {{var "lapsed_audience_days"}}
)

{{> audience valid_days=(var "audience_valid_days")}}
