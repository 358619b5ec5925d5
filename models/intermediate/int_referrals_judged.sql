with referrals as (
  select
    referrals.*,
    coalesce(referrers.customer_id, referrals.referrer_id) as referrer_person,
    coalesce(referees.customer_id, referrals.referee_id) as referee_person
  from {{ref "stg_referrals"}} as referrals
  left join {{ref "int_account_people"}} as referrers on referrers.account_id = referrals.referrer_id
  left join {{ref "int_account_people"}} as referees on referees.account_id = referrals.referee_id
),

orders as (
  select order_id, ordered_on, is_valid, net from {{ref "int_orders_net"}}
),

judged as (
  select
    referrals.*,
    orders.ordered_on as converted_on,
    coalesce(orders.is_valid, false) as has_valid_order,
    coalesce(orders.net, 0) > 0 as keeps_something,
    referee_person is not null and referee_person = referrer_person as is_self,
    row_number() over (
      partition by referee_person
      order by (referee_person = referrer_person), invited_at, referral_id
    ) as code_rank
  from referrals
  left join orders on orders.order_id = referrals.converted_order_id
),

reasoned as (
  select
    *,
    case
      when referee_person is null then 'nobody_came'
      when is_self then 'self_referral'
      when code_rank > 1 then 'later_code'
      when not has_valid_order then 'no_order'
    end as not_counted_reason
  from judged
)

select
  referral_id,
  referrer_person as referrer_id,
  referee_person as referee_id,
  code,
  invited_at,
  invited_on,
  converted_order_id,
  converted_on,
  not_counted_reason is null as is_converted,
  not_counted_reason,
  -- A reward is earned when the goods can no longer go back.
  if(
    not_counted_reason is null and keeps_something,
    converted_on + {{var "referral_return_days"}},
    null
  ) as reward_due_on,
  coalesce(
    not_counted_reason is null and keeps_something
      and converted_on + {{var "referral_return_days"}} <= {{> as_of_date}},
    false
  ) as is_reward_earned,
  {{> money amount="coalesce(reward_cost, 0)"}} as reward_cost
from reasoned
