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

-- A step down is lived through for some days of grace; a step up counts at once.
effective as (
  select
    *,
    valid_from + if(
      rank < lag(rank) over (partition by customer_id order by valid_from),
      {{var "tier_grace_days"}},
      0
    ) as effective_from
  from changes
),

-- Whoever climbs back within the grace has never been down.
held as (
  select *, lead(valid_from) over (partition by customer_id order by valid_from) as next_change from effective
),

kept as (
  select * from held where next_change is null or effective_from < next_change
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
  where effective_from <= {{> as_of_date}}
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
