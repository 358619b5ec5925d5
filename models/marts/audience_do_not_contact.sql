-- One row per person whom nobody may address any more, with the first reason that holds. No addresses: only ids are needed to leave them out.
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
)

select
  customer_id,
  arg_min(reason, place) as reason,
  -- An import would bring back whoever asked to be deleted.
  not bool_or(reason = 'asked_to_be_deleted') as may_be_named,
  {{> as_of_date}} as as_of_date
from reasons
group by customer_id
