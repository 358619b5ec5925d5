/**
 * What the shop sends, and to whom. A broadcast goes out once, to a share of the people who agreed to its channel; a flow
 * is sent to one person whenever something happens to them.
 */
import { text, utc } from "./expressions.ts";
import { experiments } from "./world.ts";

interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly objective: "newsletter" | "promotion" | "engagement" | "winback" | "transactional" | "onboarding" | "post_purchase" | "cart_recovery";
  readonly stage: "reach" | "acquisition" | "conversion" | "retention" | "loyalty";
  readonly channel: "email" | "push" | "sms" | "in_app";
  /** Local time. */
  readonly startedAt: string;
  readonly cost: number;
  /** Share of the people who agreed that get it; 0 for flows, and for campaigns to one arm of an experiment. */
  readonly share: number;
  readonly flow?: string;
  readonly hasVariants?: boolean;
  readonly incentive?: string;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** The n-th month of the data. */
const month = (index: number): string => `${2024 + Math.floor((6 + index) / 12)}-${two(((6 + index) % 12) + 1)}`;

/** Hours at which broadcasts leave, in turn. */
const hours = ["08", "10", "12", "15", "18", "20", "21"];
const hour = (index: number): string => `${hours[index % hours.length]}:00:00`;

const newsletters = Array.from(
  { length: 24 },
  (_, index): Campaign => ({
    id: `NL${two(index + 1)}`,
    name: `Newsletter ${month(index)}`,
    objective: "newsletter",
    stage: "retention",
    channel: "email",
    startedAt: `${month(index)}-${two(2 + ((index * 5) % 24))} ${hour(index)}`,
    cost: 120_000,
    share: 0.42,
    hasVariants: index % 3 === 2,
  }),
);

const repeated = (prefix: string, times: number, from: number, every: number, said: Omit<Campaign, "id" | "name" | "startedAt">): readonly Campaign[] =>
  Array.from({ length: times }, (_, index) => ({
    ...said,
    id: `${prefix}${two(index + 1)}`,
    name: `${said.channel} ${said.objective} ${month(from + index * every)}`,
    startedAt: `${month(from + index * every)}-${two(4 + ((index * 7) % 20))} ${hour(index * 3 + prefix.length)}`,
  }));

const offers = experiments.map(
  ({ id, campaign, incentive, assignedOn, audience }): Campaign => ({
    id: campaign,
    name: id.replaceAll("_", " "),
    objective: audience === "lapsed" ? "winback" : "promotion",
    stage: audience === "lapsed" ? "retention" : "conversion",
    channel: "email",
    startedAt: `${assignedOn} 09:10:00`,
    cost: 80_000,
    share: 0,
    incentive,
  }),
);

const flow = (id: string, name: string, objective: Campaign["objective"], stage: Campaign["stage"], incentive?: string): Campaign => ({
  id: `F_${id.toUpperCase()}`,
  flow: id,
  name,
  objective,
  stage,
  channel: "email",
  startedAt: "2024-07-01 00:00:00",
  cost: 0,
  share: 0,
  ...(incentive !== undefined && { incentive }),
});

const campaigns: readonly Campaign[] = [
  ...newsletters,
  ...offers,
  ...repeated("PU", 8, 2, 3, { objective: "engagement", stage: "retention", channel: "push", cost: 5000, share: 0.6 }),
  ...repeated("SM", 4, 4, 5, { objective: "promotion", stage: "conversion", channel: "sms", cost: 60_000, share: 0.7 }),
  ...repeated("IA", 4, 8, 4, { objective: "engagement", stage: "loyalty", channel: "in_app", cost: 0, share: 0.3, hasVariants: true }),
  flow("welcome", "Welcome", "onboarding", "acquisition", "INC_WELCOME"),
  flow("cart_reminder", "Your cart is waiting", "cart_recovery", "conversion"),
  flow("order_confirmation", "Order confirmation", "transactional", "conversion"),
  flow("how_to", "How to use it", "post_purchase", "retention"),
  flow("review_request", "How was it?", "post_purchase", "loyalty"),
];

/** `sample_campaigns`: one row per campaign and flow. */
export function campaignStatements(): readonly string[] {
  const rows = campaigns.map(
    ({ id, flow: name, name: title, objective, stage, channel, startedAt, cost, share, hasVariants = false, incentive }) =>
      `(${text(id)}, ${name === undefined ? "null" : text(name)}, ${text(title)}, ${text(objective)}, ${text(stage)}, ${text(channel)}, timestamp ${text(startedAt)}, ${cost}, ${share}, ${hasVariants}, ${incentive === undefined ? "null" : text(incentive)})`,
  );
  return [
    `create or replace temp table sample_campaigns as
select * from (values
  ${rows.join(",\n  ")}
) as listed(campaign_id, flow_id, name, objective, lifecycle_stage, channel, started_at, cost, share, has_variants, incentive_id)`,
  ];
}

/** The rows of `raw_campaigns` that come from `sample_campaigns`. Flows have no end. */
export function campaignRows(): string {
  return `select campaign_id, name, objective, lifecycle_stage, channel, ${utc("started_at")} as started_at,
  ${utc("case when flow_id is null then started_at + interval 2 day end")} as ended_at, incentive_id, cost
from sample_campaigns`;
}
