/**
 * The loyalty programme: a point for each 1,000 won, gone after a year unless spent. Points are spent within 300 days of
 * being earned and the oldest are spent first, so the balance is never negative. Tiers follow the spend of twelve months; a
 * lower one comes only after two months of grace.
 */
import { closing, dayText, happens, later, opening, utc } from "./expressions.ts";
import { behaviour, loyalty } from "./world.ts";

/** `sample_members`, `sample_ledger` and `sample_tiers`, in local time. */
export function loyaltyStatements(): readonly string[] {
  return [
    `create or replace temp table sample_members as
select n, person_id, created_at + to_days(sample_whole(n || ':joins', 0, 40)::integer) as joined_at
from sample_habits
where is_addressable and created_at < ${closing} - interval 41 day and ${happens("n || ':member'", behaviour.loyaltyMember)}`,
    `create or replace temp table sample_ledger as
with earned as (
  select members.n, members.person_id, orders.order_id, orders.order_id as lot, 'earn' as entry_type, orders.value // ${loyalty.wonPerPoint} as points, orders.ordered_at as booked_at, orders.key
  from sample_members as members
  join sample_orders as orders using (n)
  where orders.kind = 'purchase' and not orders.is_guest and orders.ordered_at >= members.joined_at and orders.value >= ${loyalty.wonPerPoint}
  union all
  select n, person_id, null, 'W' || person_id, 'adjust', 20, joined_at + interval 1 day, n || ':welcome-points' from sample_members
),
redeemed as (
  select n, person_id, null as order_id, lot || 'r' as lot, 'redeem' as entry_type, -greatest(points * if(sample_u(key || ':half') < 0.5, 1, 2) // 2, 1) as points,
    ${later("booked_at", "key || ':redeemed'", "hour", 240, 7200)} as booked_at, key
  from earned
  where ${happens("key || ':redeems'", 0.45)}
),
-- Whoever earns first loses first: what is gone by a lot's last day is the largest shortfall of use against earnings so far.
moves as (
  select n, booked_at, lot, -points as used, false as is_last_day from redeemed
  union all
  select n, booked_at + interval ${loyalty.validDays} day, lot || 'x', 0, true from earned
),
counted as (
  select *, sum(used) over (partition by n order by booked_at, lot) as used_until from moves
),
lots as (
  select n, lot, person_id, booked_at + interval ${loyalty.validDays} day as ends_at, sum(points) over (partition by n order by booked_at, lot) as earned_until from earned
),
shortfalls as (
  select lots.n, lots.person_id, lots.lot, lots.ends_at, greatest(max(lots.earned_until - counted.used_until) over (partition by lots.n order by lots.ends_at, lots.lot), 0) as gone_until
  from lots
  join counted on counted.n = lots.n and counted.lot = lots.lot || 'x' and counted.is_last_day
),
expired as (
  select n, person_id, null as order_id, lot || 'x' as lot, 'expire' as entry_type,
    -(gone_until - coalesce(lag(gone_until) over (partition by n order by ends_at, lot), 0))::bigint as points, ends_at as booked_at
  from shortfalls
)
select * exclude (key) from earned where booked_at < ${closing}
union all
select * exclude (key) from redeemed where booked_at < ${closing}
union all
select * from expired where points < 0 and booked_at < ${closing}`,
    `create or replace temp table sample_tiers as
with months as (
  select unnest(generate_series(${opening}, ${closing}, interval 1 month)) as month_start
),
spend as (
  select members.n, members.person_id, months.month_start, coalesce(sum(orders.value) filter (where orders.ordered_at >= months.month_start - interval 12 month and orders.ordered_at < months.month_start), 0) as value
  from sample_members as members
  join months on months.month_start >= members.joined_at
  left join sample_orders as orders on orders.n = members.n and orders.kind = 'purchase' and orders.ordered_at < months.month_start
  group by all
),
deserved as (
  select *, case when value >= ${loyalty.tiers.gold} then 3 when value >= ${loyalty.tiers.silver} then 2 else 1 end as level from spend
),
graced as (
  select *, max(level) over (partition by n order by month_start rows between 2 preceding and current row) as level_held from deserved
)
select n, person_id, month_start as valid_from, level_held, ['bronze', 'silver', 'gold'][level_held] as tier
from graced
qualify level_held is distinct from lag(level_held) over (partition by n order by month_start)`,
  ];
}

/** The rows of `raw_loyalty_ledger` that come from `sample_ledger`. */
export const loyaltyLedgerRows = (): string =>
  `select 'L' || lot as entry_id, person_id as customer_id, entry_type, points, ${utc("booked_at")} as "at", order_id from sample_ledger`;

/** The rows of `raw_loyalty_tiers` that come from `sample_tiers`. */
export const loyaltyTierRows = (): string => `select person_id as customer_id, tier, ${dayText("valid_from")} as valid_from from sample_tiers`;
