with referrals as (
  select *, {{> month_start date="invited_on"}} as month from {{ref "int_referrals_judged"}}
),

values_of_people as (
  select customer_id, sum(net) as net
  from {{ref "int_orders_net"}}
  where is_valid and customer_id is not null
  group by customer_id
),

-- How many could have invited somebody: people who had bought until the month was over.
first_orders as (
  select month, count(*) as buyers
  from (
    select customer_id, {{> month_start date="min(ordered_on)"}} as month
    from {{ref "int_orders_net"}}
    where is_valid and customer_id is not null
    group by customer_id
  )
  group by month
),

buyers as (
  select months.month, sum(first_orders.buyers) as buyers
  from (select distinct month from referrals) as months
  join first_orders on first_orders.month <= months.month
  group by months.month
),

months as (
  select
    referrals.month,
    count(*) / nullif(any_value(buyers.buyers), 0)
      * {{> safe_ratio numerator="count(*) filter (where is_converted)" denominator="count(*)"}} as k_factor
  from referrals
  left join buyers using (month)
  group by referrals.month
)

select
  referrals.referrer_id,
  referrals.month,
  count(*) as invites,
  count(*) filter (where referrals.is_converted) as converts,
  count(*) filter (where referrals.not_counted_reason = 'self_referral') as self_referrals,
  {{> safe_ratio numerator="count(*) filter (where referrals.is_converted)" denominator="count(*)"}} as conversion_rate,
  conversion_rate as rate,
  {{> money amount="coalesce(sum(spent.net) filter (where referrals.is_converted), 0)"}} as value_of_referees,
  {{> money amount="coalesce(sum(referrals.reward_cost) filter (where referrals.is_reward_earned), 0)"}} as reward_cost,
  any_value(months.k_factor) as k_factor,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from referrals
left join values_of_people as spent on spent.customer_id = referrals.referee_id
left join months on months.month = referrals.month
group by referrals.referrer_id, referrals.month
