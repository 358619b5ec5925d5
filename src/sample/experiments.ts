/**
 * Experiments: who was drawn into which arm, and the orders that the treatment made people place who would not have
 * placed them (`world.ts` has the true lift). Assignment looks at nothing but the purchases before it.
 */
import { closing, happens, later, text, utc } from "./expressions.ts";
import { experimentDays, experiments } from "./world.ts";

/** `sample_experiments`: (experiment, person, arm, local time, extra order), before rows are lost. */
export function experimentStatements(): readonly string[] {
  const rows = experiments.map(
    ({ id, campaign, incentive, assignedOn, audience, share, treated, extraOrders, lostHoldout = 0 }, place) =>
      `(${place}, ${text(id)}, ${text(campaign)}, ${text(incentive)}, timestamp '${assignedOn} 09:00:00', ${audience === "lapsed"}, ${share}, ${treated}, ${extraOrders}, ${lostHoldout})`,
  );
  return [
    `create or replace temp table sample_experiments as
with listed as (
  select * from (values
  ${rows.join(",\n  ")}
  ) as listed(experiment_no, experiment_id, campaign_id, incentive_id, assigned_at, is_for_lapsed, share, treated, extra_orders, lost_holdout)
),
past as (
  select experiment_no, n, max(ordered_at) as last_order_at
  from sample_purchases, listed
  where ordered_at < assigned_at
  group by all
),
audience as (
  select listed.*, n, habits.person_id, habits.open_chance, n || ':' || experiment_id as key
  from past
  join listed using (experiment_no)
  join sample_habits as habits using (n)
  where habits.is_addressable and habits.created_at < assigned_at and (not is_for_lapsed or past.last_order_at < assigned_at - interval 90 day)
),
drawn as (
  select *, if(${happens("key || ':arm'", "treated")}, 'treatment', 'holdout') as arm from audience where ${happens("key || ':takes-part'", "share")}
)
select experiment_no, experiment_id, campaign_id, incentive_id, n, person_id, key, arm, treated, assigned_at,
  case when arm = 'treatment' and ${happens("key || ':sees-it'", "0.3 + 0.6 * open_chance")} then ${later("assigned_at", "key || ':seen'", "minute", 5, 4000)} end as exposed_at,
  case when arm = 'treatment' and ${happens("key || ':extra'", "extra_orders")}
    then ${later("assigned_at", "key || ':extra-at'", "minute", 180, experimentDays * 1440 - 1440)} end as extra_order_at,
  arm = 'holdout' and ${happens("key || ':lost'", "lost_holdout")} as is_lost
from drawn`,
  ];
}

/** The rows of `raw_experiments` that come from `sample_experiments`. */
export function experimentRows(): string {
  return `select experiment_id, campaign_id, incentive_id, person_id as customer_id, arm, ${utc("assigned_at")} as assigned_at,
  ${utc(`case when exposed_at < ${closing} then exposed_at end`)} as exposed_at, treated as planned_treatment_share
from sample_experiments
where not is_lost`;
}
