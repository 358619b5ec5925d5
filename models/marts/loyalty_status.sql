with entries as (
  select
    coalesce(people.customer_id, ledger.customer_id) as customer_id,
    ledger.* exclude (customer_id)
  from {{ref "stg_loyalty_ledger"}} as ledger
  left join {{ref "int_account_people"}} as people on people.account_id = ledger.customer_id
),

balances as (
  select
    customer_id,
    sum(points) as ledger_sum,
    sum(points) filter (where points > 0) as gained,
    sum(points) filter (where entry_type = 'earn') as earned,
    - coalesce(sum(points) filter (where entry_type = 'redeem'), 0) as redeemed,
    - coalesce(sum(points) filter (where entry_type = 'expire'), 0) as expired,
    - coalesce(sum(points) filter (where points < 0), 0) as gone,
    coalesce(
      sum(points) filter (where entry_type = 'earn' and on_day > {{> as_of_date}} - {{var "tier_window_days"}}),
      0
    ) as earned_in_window
  from entries
  group by customer_id
),

-- Points go in the order in which they came: what has gone has eaten the oldest lots first.
lots as (
  select
    entries.customer_id,
    entries.on_day + {{var "loyalty_valid_days"}} as expires_on,
    greatest(
      least(
        entries.points,
        sum(entries.points) over (
          partition by entries.customer_id
          order by entries.at, entries.entry_id
        ) - balances.gone
      ),
      0
    ) as points_left
  from entries
  join balances using (customer_id)
  where entries.points > 0
),

expiring as (
  select customer_id, sum(points_left) as expiring_30d
  from lots
  where expires_on > {{> as_of_date}} and expires_on <= {{> as_of_date}} + 30
  group by customer_id
),

tiers as (
  select customer_id, tier, rank
  from {{ref "int_tier_periods"}}
  where until_day is null or until_day > {{> as_of_date}}
),

members as (
  select customer_id from balances
  union
  select customer_id from tiers
)

select
  members.customer_id,
  cast(greatest(coalesce(balances.ledger_sum, 0), 0) as bigint) as points_balance,
  cast(coalesce(balances.earned, 0) as bigint) as earned,
  cast(coalesce(balances.redeemed, 0) as bigint) as redeemed,
  cast(coalesce(balances.expired, 0) as bigint) as expired,
  cast(
    coalesce(balances.ledger_sum, 0) - coalesce(balances.earned, 0) + coalesce(balances.redeemed, 0)
      + coalesce(balances.expired, 0) as bigint
  ) as adjusted,
  coalesce(balances.ledger_sum, 0) < 0 as is_overdrawn,
  cast(coalesce(expiring.expiring_30d, 0) as bigint) as expiring_30d,
  tiers.tier,
  next_tiers.tier as next_tier,
  case
    when next_tiers.tier is not null then least(
      1.0,
      {{> safe_ratio numerator="coalesce(balances.earned_in_window, 0)" denominator="next_tiers.points_needed"}}
    )
  end as tier_progress,
  {{> money amount=(concat "greatest(coalesce(balances.ledger_sum, 0), 0) * " (var "loyalty_point_value"))}} as liability,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from members
left join balances using (customer_id)
left join expiring using (customer_id)
left join tiers using (customer_id)
left join {{ref "loyalty_tier_rules"}} as next_tiers on next_tiers.rank = coalesce(tiers.rank, 0) + 1
