/**
 * Experiments: who was drawn into which arm. Orders come first, from the purchase process alone, and the arm second, by
 * Bayes: with a chance p to order in the window, a share s in treatment, and treatment making an order k times as likely,
 * somebody who ordered was treated with chance s * k / (s * k + 1 - s), whatever p. For those who did not, the chance makes up
 * for it, so that the arm depends on nothing that was there before.
 */
import { closing, happens, later, text, utc } from "./expressions.ts";
import { experimentDays, experiments, lapsedDays } from "./world.ts";

/** `sample_experiments`: (experiment, person, arm, local time), before rows are lost. */
export function experimentStatements(): readonly string[] {
  const rows = experiments.map(
    ({ id, campaign, incentive, assignedOn, audience, share, treated, orderRatio, lostHoldout = 0 }) =>
      `(${text(id)}, ${text(campaign)}, ${text(incentive)}, timestamp '${assignedOn}', ${audience === "lapsed"}, ${share}, ${treated}, ${orderRatio / (treated * orderRatio + 1 - treated)}, ${lostHoldout})`,
  );
  return [
    `create or replace temp table sample_experiments as
with listed as (
  select * from (values
  ${rows.join(",\n  ")}
  ) as listed(experiment_id, campaign_id, incentive_id, assigned_at, is_for_lapsed, share, treated, treated_ratio, lost_holdout)
),
histories as (
  select experiment_id, n, max(ordered_at) filter (where ordered_at < assigned_at) as last_order_at,
    coalesce(bool_or(leaves) filter (where ordered_at < assigned_at), false) as has_left,
    count(*) filter (where ordered_at >= assigned_at and ordered_at < assigned_at + interval ${experimentDays} day) > 0 as orders_in_window
  from sample_purchases, listed
  group by all
),
audience as (
  select listed.*, n, habits.person_id, habits.open_chance, n || ':' || experiment_id as key, orders_in_window,
    if(has_left, 0, 1 - exp(-${experimentDays} * people.orders_per_day)) as order_chance
  from histories
  join listed using (experiment_id)
  join sample_habits as habits using (n)
  join sample_people as people using (n)
  where habits.is_addressable and habits.created_at < assigned_at and histories.last_order_at < assigned_at - to_days(if(is_for_lapsed, ${lapsedDays}, 0))
),
drawn as (
  select *, if(${happens(
    "key || ':arm'",
    "treated * if(orders_in_window, treated_ratio, greatest(1 - treated_ratio * order_chance, 0) / (1 - order_chance))",
  )}, 'treatment', 'holdout') as arm
  from audience
  where ${happens("key || ':takes-part'", "share")}
)
select experiment_id, campaign_id, incentive_id, n, person_id, key, arm, treated, assigned_at,
  case when arm = 'treatment' and ${happens("key || ':sees-it'", "0.3 + 0.6 * open_chance")} then ${later("assigned_at", "key || ':seen'", "minute", 600, 4000)} end as exposed_at,
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
