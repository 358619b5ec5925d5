/** Carts: those that became orders, those left behind and bought a day or two later, and those left for good. */
import { happens, later, utc } from "./expressions.ts";
import { sessionOfOrder } from "./purchases.ts";

/** `sample_carts`: one row per cart, in local time. */
export function cartStatements(): readonly string[] {
  return [
    `create or replace temp table sample_carts as
with online as (
  select *, ordered_at - to_minutes(sample_whole(key || ':filled', 1, 12)) as filled_at,
    ordered_at - to_minutes(sample_whole(key || ':forgot', 400, 3600)) as forgotten_at
  from sample_orders where not is_till and kind in ('purchase', 'unpaid')
),
bought as (
  select 'C' || substr(order_id, 2) as cart_id, if(is_guest, null, n) as n, ${sessionOfOrder("order_id")} as session_id, filled_at as created_at, ordered_at as last_activity_at,
    value + discount as value, if(kind = 'unpaid', null, order_id) as converted_order_id, false as is_abandoned
  from online
),
recovered as (
  select 'CA' || substr(order_id, 2), n, 'SA' || substr(order_id, 2), forgotten_at, forgotten_at + to_minutes(sample_whole(key || ':lingered', 1, 20)),
    value + discount, null, true
  from online
  join sample_habits as habits using (n)
  where not is_guest and kind = 'purchase' and ordered_at > habits.created_at + interval 3 day and ${happens("key || ':hesitates'", 0.12)}
),
left_behind as (
  select 'CV' || substr(session_id, 3), if(customer_id is null, null, n), session_id, started_at + interval 1 minute, ${later("started_at", "key || ':lingered'", "minute", 2, 15)},
    sample_whole(key || ':cart-value', 80, 1200) * 100, null, true
  from sample_visits
  where furthest_step in ('cart', 'checkout', 'payment')
)
select * from bought union all select * from recovered union all select * from left_behind`,
  ];
}

/** The rows of `raw_carts` that come from `sample_carts`. */
export function cartRows(): string {
  return `select cart_id, person_id as customer_id, session_id, ${utc("carts.created_at")} as created_at, ${utc("last_activity_at")} as last_activity_at, value, converted_order_id
from sample_carts as carts
left join sample_habits using (n)`;
}
