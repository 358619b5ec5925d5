with periods as (
  select coalesce(people.customer_id, subscriptions.customer_id) as person_id, subscriptions.*
  from {{ref "stg_subscriptions"}} as subscriptions
  left join {{ref "int_account_people"}} as people on people.account_id = subscriptions.customer_id
),

-- Open until proven ended: an end on as_of without a reason is the end of the data, a pause goes on for a while, a payment is tried again.
judged as (
  select
    *,
    case
      when ended_on is null or ended_on > {{> as_of_date}} then false
      when end_type is null then ended_on < {{> as_of_date}}
      when end_type = 'paused' then ended_on + {{var "pause_max_days"}} <= {{> as_of_date}}
      when end_type = 'payment_failed' then ended_on + {{var "payment_grace_days"}} <= {{> as_of_date}}
      else true
    end as has_ended
  from periods
)

select
  person_id as customer_id,
  bool_or(not has_ended) as is_premium,
  arg_max(plan, started_on) as plan,
  max(mrr) filter (where not has_ended) as mrr,
  max(ended_on) filter (where has_ended) as last_ended_on,
  cast(max(ended_on) filter (where has_ended) as timestamp) as cancelled_at,
  arg_max(
    case
      when end_type = 'payment_failed' then 'payment_failed'
      when end_type = 'fixed_end' then 'fixed_end'
      else coalesce(cancel_reason, 'not_said')
    end,
    ended_on
  ) filter (where has_ended) as cancel_reason
from judged
group by person_id
