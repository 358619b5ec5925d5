/**
 * Periods of the premium plan. Some end by notice, some because a payment failed, some at a fixed end; some pause, change the
 * plan on the same day, or come back later.
 */
import { closing, dayText, happens, opening, pickByShare, textList, utc } from "./expressions.ts";
import { behaviour } from "./world.ts";

/** `sample_subscriptions`: one row per period, in local days. */
export function subscriptionStatements(): readonly string[] {
  const endType = pickByShare(
    "sample_u(key || ':end-type')",
    [
      ["'voluntary'", 0.56],
      ["'payment_failed'", 0.2],
      ["'paused'", 0.12],
    ],
    "'fixed_end'",
  );
  const life = (key: string): string => `greatest(20, floor(-ln(sample_u(${key} || ':life')) * 260))::integer`;
  return [
    `create or replace temp table sample_subscriptions as
with first_periods as (
  select n, person_id, n || ':premium:1' as key, 1 as period, (greatest(created_at, ${opening}) + to_days(sample_whole(n || ':joins-premium', 3, 220)::integer))::date as started_on,
    if(sample_u(n || ':yearly') < 0.3, 'premium_yearly', 'premium_monthly') as plan
  from sample_habits
  where is_addressable and ${happens("n || ':premium'", behaviour.premium)}
),
first_lives as (
  select *, started_on + ${life("key")} as ends_on, ${endType} as end_type from first_periods
),
further_periods as (
  select n, person_id, n || ':premium:2' as key, 2 as period,
    case when switches then ends_on else ends_on + sample_whole(n || ':rests', 15, 200)::integer end as started_on,
    if(switches, 'premium_yearly', plan) as plan
  from (select *, plan = 'premium_monthly' and ${happens("key || ':switches'", 0.12)} as switches from first_lives)
  where switches or ${happens("key || ':comes-back'", 0.3)}
),
lives as (
  select * from first_lives
  union all
  select *, started_on + ${life("key")}, ${endType} from further_periods
)
select *, if(plan = 'premium_monthly', 4900, 4083) as mrr, ends_on < ${closing} as has_ended,
  case when end_type = 'voluntary' then sample_pick(key || ':reason', ${textList(["too_expensive", "not_used", "competitor", "service", "moving"])}) end as cancel_reason,
  case when end_type = 'voluntary' then ends_on::timestamp - to_days(sample_whole(key || ':notice', 0, 18)::integer) + to_minutes(sample_whole(key || ':notice-at', 480, 1400)) end as cancel_requested_at
from lives
where started_on < ${closing}`,
  ];
}

/** The rows of `raw_subscriptions` that come from `sample_subscriptions`. A notice may be known before the end is reached. */
export function subscriptionRows(): string {
  return `select 'P' || person_id || '-' || period as subscription_id, person_id as customer_id, plan, ${dayText("started_on")} as started_on,
  ${dayText("case when has_ended then ends_on end")} as ended_on, mrr,
  ${utc(`case when cancel_requested_at < ${closing} then cancel_requested_at end`)} as cancel_requested_at,
  case when cancel_requested_at < ${closing} then cancel_reason end as cancel_reason, case when has_ended then end_type end as end_type
from sample_subscriptions`;
}
