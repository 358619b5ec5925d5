with records as (
  select
    {{> id_text column="referral_id"}} as referral_id,
    {{> id_text column="referrer_id"}} as referrer_id,
    {{> id_text column="referee_id"}} as referee_id,
    {{> clean_text column="code"}} as code,
    {{> local_timestamp column="invited_at"}} as invited_at,
    {{> id_text column="converted_order_id"}} as converted_order_id,
    {{> money amount="coalesce(reward_cost, 0)"}} as reward_cost
  from {{ref "raw_referrals"}}
)

select
  referral_id,
  referrer_id,
  referee_id,
  code,
  invited_at,
  cast(invited_at as date) as invited_on,
  converted_order_id,
  reward_cost
from records
where cast(invited_at as date) <= {{> as_of_date}}
qualify
  row_number() over (partition by referral_id order by invited_at, referee_id, converted_order_id, reward_cost desc) = 1
