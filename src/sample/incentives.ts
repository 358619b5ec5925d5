/** Coupons, discounts and the like, as issued to people: the welcome coupon, and what the treatment of an experiment got. */
import { closing, happens, text, utc } from "./expressions.ts";
import { experimentDays, experiments } from "./world.ts";

/** `sample_incentives`: one row per incentive and person, with the order that redeemed it, if one did. */
export function incentiveStatements(): readonly string[] {
  const kinds = experiments.map(({ incentive, type, value }) => `(${text(incentive)}, ${text(type)}, ${value})`);
  return [
    `create or replace temp table sample_incentives as
with kinds as (
  select * from (values ${kinds.join(", ")}, ('INC_WELCOME', 'coupon', 4000)) as listed(incentive_id, type, value)
),
issued as (
  select incentive_id, n, person_id, assigned_at + interval 5 minute as issued_at, assigned_at + interval ${experimentDays} day as expires_at, 0.85 as redeems
  from sample_experiments
  where arm = 'treatment'
  union all
  select 'INC_WELCOME', n, person_id, created_at + interval 10 minute, created_at + interval 60 day, 0.5
  from sample_habits
  where is_addressable and created_at < ${closing}
),
first_orders as (
  select incentive_id, n, min_by(order_id, ordered_at) as order_id
  from issued
  join sample_orders as orders using (n)
  where orders.kind = 'purchase' and not orders.is_guest and orders.ordered_at between issued_at and expires_at
  group by all
)
select incentive_id, n, person_id, type, value, issued_at, expires_at,
  case when ${happens("n || ':redeems:' || incentive_id", "redeems")} then order_id end as redeemed_order_id
from issued
join kinds using (incentive_id)
left join first_orders using (incentive_id, n)`,
  ];
}

/** The rows of `raw_incentives` that come from `sample_incentives`. */
export function incentiveRows(): string {
  return `select incentive_id, person_id as customer_id, type, value, ${utc("issued_at")} as issued_at, ${utc("expires_at")} as expires_at, redeemed_order_id
from sample_incentives
where issued_at < ${closing}`;
}
