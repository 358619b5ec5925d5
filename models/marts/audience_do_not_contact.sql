-- One row per person whom nobody may address, with the first reason that holds. No addresses: only ids are needed to leave them out.
with reasons as (
  select customer_id, 1 as place, 'asked_to_be_deleted' as reason
  from {{ref "int_customers_unified"}}
  where excluded_reason = 'deleted'
  union all
  select customer_id, 2, 'staff' from {{ref "int_customers_unified"}} where excluded_reason = 'test'
  union all
  select customer_id, 3, 'reported_spam'
  from {{ref "customer_churn_flags"}}
  where spam_at is not null
  union all
  select customer_id, 4, 'blocked_sender'
  from {{ref "customer_churn_flags"}}
  where block_at is not null
  union all
  select customer_id, 5, 'ads_consent_withdrawn'
  from {{ref "int_consent_status"}}
  where channel = 'ads' and withdrawn_at is not null
  union all
  -- Whoever is held out of something that is still measured is held out of everything until it is over.
  select drawn.customer_id, 6, 'held_out_of_experiment'
  from {{ref "int_experiment_assignments"}} as drawn
  semi join {{ref "int_customers_unified"}} as people using (customer_id)
  left join {{ref "stg_campaigns"}} as campaigns using (campaign_id)
  where drawn.arm = 'holdout'
    and drawn.origin = 'experiment'
    and (
      cast(drawn.assigned_at + to_days({{var "observation_days"}}) as date) > {{> as_of_date}}
      or campaigns.campaign_id is not null
      and (campaigns.ended_at is null or cast(campaigns.ended_at as date) > {{> as_of_date}})
    )
)

select
  customer_id,
  arg_min(reason, place) as reason,
  -- An import would bring back whoever asked to be deleted, and a list kept elsewhere would outlast an experiment.
  not bool_or(reason = 'asked_to_be_deleted') and bool_or(reason <> 'held_out_of_experiment') as may_be_named,
  {{> as_of_date}} as as_of_date
from reasons
group by customer_id
