-- Who no longer answers messages is retargeted where they still are.
with members as (
  select
    flags.customer_id,
    case
      when not flags.visits_is_churned and flags.visits_last_at is not null then 'silent_but_visits'
      when not flags.purchase_is_churned and flags.purchase_last_at is not null then 'silent_but_buys'
      else 'silent_everywhere'
    end as reason
  from {{ref "customer_churn_flags"}} as flags
  where flags.messages_is_churned
)

{{> audience valid_days=(var "audience_valid_days")}}
