with periods as (
  select coalesce(people.customer_id, subscriptions.customer_id) as person_id, subscriptions.*
  from {{ref "stg_subscriptions"}} as subscriptions
  left join {{ref "int_account_people"}} as people on people.account_id = subscriptions.customer_id
),

-- A payment is tried again for a while, and a pause goes on for a while, before a plan is lost.
granted as (
  select
    *,
    ended_on + case end_type
      when 'paused' then {{var "pause_max_days"}}
      when 'payment_failed' then {{var "payment_grace_days"}}
      else 0
    end as granted_until
  from periods
),

-- Whoever takes a plan again in that time goes on with that one, and what became of it counts.
dated as (
  select
    granted.*,
    if(
      exists (
        from periods as later
        where later.person_id = granted.person_id
          and later.started_on >= granted.ended_on
          and later.started_on < granted.granted_until
      ),
      ended_on,
      granted_until
    ) as lost_on
  from granted
),

-- Open until proven ended: an end on as_of without a reason is the end of the data.
judged as (
  select
    *,
    case
      when lost_on is null or lost_on > {{> as_of_date}} then false
      when end_type is null then lost_on < {{> as_of_date}}
      else true
    end as has_ended
  from dated
)

select
  person_id as customer_id,
  bool_or(not has_ended) as is_premium,
  arg_max(plan, started_on) as plan,
  max(mrr) filter (where not has_ended) as mrr,
  max(lost_on) filter (where has_ended) as last_ended_on,
  cast(max(lost_on) filter (where has_ended) as timestamp) as cancelled_at,
  arg_max(
    case
      when end_type = 'payment_failed' then 'payment_failed'
      when end_type = 'fixed_end' then 'fixed_end'
      else coalesce(cancel_reason, 'not_said')
    end,
    lost_on
  ) filter (where has_ended) as cancel_reason
from judged
group by person_id
