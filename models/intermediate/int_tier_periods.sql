with changes as (
  select
    coalesce(people.customer_id, tiers.customer_id) as customer_id,
    tiers.tier,
    rules.rank,
    tiers.valid_from
  from {{ref "stg_loyalty_tiers"}} as tiers
  left join {{ref "int_account_people"}} as people on people.account_id = tiers.customer_id
  join {{ref "loyalty_tier_rules"}} as rules using (tier)
  -- Two accounts of one person on one day: the better tier counts.
  qualify row_number() over (
    partition by coalesce(people.customer_id, tiers.customer_id), tiers.valid_from
    order by rules.rank desc
  ) = 1
),

-- A tier goes on for the days of grace when another one follows it, and of those that hold on a day the best one counts: a step up counts
-- at once, each step down waits, and whoever climbs back within the grace has never been down.
held as (
  select
    *,
    lead(valid_from) over (partition by customer_id order by valid_from) + {{var "tier_grace_days"}} as until_day
  from changes
),

days_of_change as (
  select customer_id, valid_from as day from held
  union
  select customer_id, until_day from held where until_day is not null
),

best as (
  select
    days.customer_id,
    days.day,
    arg_max(held.tier, held.rank) as tier,
    max(held.rank) as rank
  from days_of_change as days
  join held
    on held.customer_id = days.customer_id and held.valid_from <= days.day
    and coalesce(held.until_day > days.day, true)
  where days.day <= {{> as_of_date}}
  group by days.customer_id, days.day
),

-- A day counts on which the tier is another one, or is given anew.
kept as (
  select best.customer_id, best.tier, best.rank, best.day as effective_from
  from best
  left join changes
    on changes.customer_id = best.customer_id and changes.valid_from = best.day and changes.tier = best.tier
  qualify changes.customer_id is not null
    or best.rank is distinct from lag(best.rank) over (partition by best.customer_id order by best.day)
),

periods as (
  select
    customer_id,
    tier,
    rank,
    effective_from as from_day,
    lead(effective_from) over (partition by customer_id order by effective_from) as until_day,
    lag(rank) over (partition by customer_id order by effective_from) as rank_before
  from kept
)

select
  customer_id,
  tier,
  rank,
  from_day,
  until_day,
  case
    when rank_before is null then 'joined'
    when rank > rank_before then 'upgrade'
    when rank < rank_before then 'downgrade'
    else 'renewal'
  end as change
from periods
