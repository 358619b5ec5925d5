/** What the intermediate models make of the people who were planted for one rule each (src/sample/planted). */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyProject, type ShippedProject } from "./shipped-project.ts";

let project: ShippedProject;
beforeAll(async () => {
  project = copyProject();
  // Two days earlier first, so that what is added to day by day was really added to.
  const earlier = ["--vars", '{"as_of": "2026-06-28"}'];
  expect(await project.build("--select", "+int_signals_daily", "--indirect-selection", "buildable", ...earlier)).toBe(0);
  expect(await project.build("--select", "+path:models/intermediate +path:models/staging", "--indirect-selection", "buildable")).toBe(0);
}, 120_000);
afterAll(() => project[Symbol.dispose]());

type Case = readonly [why: string, query: string, rows: readonly (readonly unknown[])[]];

const recipient = (columns: string, id: string): string => `select ${columns} from int_message_recipient where message_id = 'M${id}'`;
const credit = (order: string, model: string): string =>
  `select channel, touch_type, round(weight, 3) from int_order_attribution where order_id = 'X${order}' and model = '${model}' order by all`;
const months = (customer: string, from: string): string =>
  `select strftime(month, '%Y-%m'), change_type, churn_type, is_active, mrr from int_subscription_months where customer_id = '${customer}' and month >= '${from}-01' order by month`;

const identity: readonly Case[] = [
  ["a refund without an order makes no customer of an account", "select count(*) from int_orders_net where customer_id = 'X0032'", [["0"]]],
  ["a declared link makes two accounts one person", "select account_ids from int_customers_unified where customer_id = 'X0033'", [["X0033, X0034"]]],
  [
    "their orders are the one person's",
    "select order_id, order_seq from int_orders_net where customer_id = 'X0033' order by 1",
    [
      ["X3301", "1"],
      ["X3401", "2"],
    ],
  ],
  ["a browser that one person signed in on is theirs", "select customer_id from int_sessions_channelled where session_id = 'XS0901d'", [["X0901"]]],
];

const lines: readonly Case[] = [
  [
    "two equal lines of a till are two articles",
    "select line_no, line_amount from stg_order_lines where order_id = 'X80101' order by 1",
    [
      [1, "25000.00"],
      [2, "25000.00"],
    ],
  ],
  [
    "a copy of a numbered line falls away",
    "select line_no, line_amount from stg_order_lines where order_id = 'X80201' order by 1",
    [
      [1, "25000.00"],
      [2, "25000.00"],
    ],
  ],
  [
    "lines add up to the gross value of every order",
    "select count(*) from (select order_id, sum(line_amount) as lines from stg_order_lines group by 1) join stg_orders using (order_id) where lines <> gross",
    [["0"]],
  ],
  ["no order is without lines", "select count(*) from stg_orders where order_id not in (select order_id from stg_order_lines)", [["0"]]],
];

const messages: readonly Case[] = [
  ["a delivery that nobody reported is derived", recipient("sent, delivered, opened_human", "X0101"), [[true, true, true]]],
  ["several bounces are one, the hardest", recipient("delivered, bounced_type", "X0102"), [[false, "hard"]]],
  ["a bounce after an open is none", recipient("delivered, bounced_type", "X0103"), [[true, null]]],
  ["a soft bounce before a delivery is none", recipient("delivered, bounced_type", "X0104"), [[true, null]]],
  ["dropped is neither sent nor delivered nor bounced", recipient("sent, delivered, bounced_type", "X0105"), [[false, false, null]]],
  ["an unsubscription without a delivery is kept and flagged", recipient("unsubscribed, is_response_without_delivery", "X0106"), [[true, true]]],
  [
    "a complaint is not an unsubscription of the same message",
    recipient("complained, unsubscribed, is_response_without_delivery", "X0107"),
    [[true, false, false]],
  ],
  ["an open before the sending is flagged and has no duration", recipient("opened_human, has_clock_skew, seconds_to_open", "X0108"), [[true, true, null]]],
  ["three opens are one opened message", recipient("opened_human, opens, seconds_to_open", "X0109"), [[true, "3", "600"]]],
  ["a click is an open", recipient("opened_human, clicked, opens, seconds_to_open", "X0110"), [[true, true, "0", "1200"]]],
  ["a machine neither opens nor clicks", recipient("opened_machine, opened_human, clicked, machine_clicks", "X0111"), [[true, false, false, "1"]]],
];

const attribution: readonly Case[] = [
  ["119 hours after a click in a mail: its order", credit("11201", "last_click"), [["email", "click", 1]]],
  ["121 hours after: organic", credit("11301", "last_click"), [["organic", null, 1]]],
  ["a click after the order: organic", credit("11401", "last_touch"), [["organic", null, 1]]],
  ["23 hours after a click in a text: its order", credit("11501", "last_click"), [["sms", "click", 1]]],
  ["25 hours after: organic", credit("11601", "last_click"), [["organic", null, 1]]],
  [
    "linear gives click and visit a half each",
    credit("11701", "linear"),
    [
      ["Direct", "session", 0.5],
      ["email", "click", 0.5],
    ],
  ],
  [
    "a week is a half-life: 23.5 hours older weighs 0.5 ^ (23.5 / 168) = 0.908 as much",
    credit("11701", "time_decay"),
    [
      ["Direct", "session", 0.524],
      ["email", "click", 0.476],
    ],
  ],
  ["a direct visit yields to the click before it", credit("11701", "last_non_direct"), [["email", "click", 1]]],
  ["the first of the journey is the click, for opens are no visits", credit("11701", "first"), [["email", "click", 1]]],
  ["only the second order comes from the mail", credit("11801", "last_click"), [["organic", null, 1]]],
  ["the second does", credit("11802", "last_click"), [["email", "click", 1]]],
  ["a confirmation earns nothing", credit("11902", "last_click"), [["organic", null, 1]]],
];

const sessions: readonly Case[] = [
  [
    "a direct visit within 90 days is of the last campaign, after 91 days of none",
    "select session_id, channel_group, last_non_direct_channel_group from int_sessions_channelled where customer_id = 'X0901' order by 1",
    [
      ["XS0901a", "Paid Search", "Paid Search"],
      ["XS0901b", "Direct", "Paid Search"],
      ["XS0901c", "Direct", "Direct"],
      ["XS0901d", "Organic Social", "Organic Social"],
    ],
  ],
  [
    "half a minute on one page is a bounce to one standard only",
    "select is_bounce, is_bounce_ua from int_sessions_channelled where session_id = 'XS0902'",
    [[false, true]],
  ],
];

const subscriptions: readonly Case[] = [
  ["an end on as_of without a reason is the end of the extract", months("X0201", "2026-06"), [["2026-06", "retained", null, true, "4900.00"]]],
  [
    "a pause is active, without revenue",
    months("X0202", "2026-05"),
    [
      ["2026-05", "retained", null, true, "4900.00"],
      ["2026-06", "paused", null, true, "0.00"],
    ],
  ],
  ["a failed payment is tried again", months("X0203", "2026-06"), [["2026-06", "retained", null, true, "4900.00"]]],
  [
    "after the grace it is a loss against their will",
    months("X0204", "2026-04"),
    [
      ["2026-04", "retained", null, true, "4900.00"],
      ["2026-05", "churn", "involuntary", false, "0.00"],
      ["2026-06", "inactive", null, false, "0.00"],
    ],
  ],
  [
    "a change of plan on one day is no loss",
    months("X0205", "2026-03").replace("order by", "and month < '2026-05-01' order by"),
    [
      ["2026-03", "downgrade", null, true, "4083.00"],
      ["2026-04", "retained", null, true, "4083.00"],
    ],
  ],
  [
    "the loss stands in the first month without a plan, the return in its own",
    months("X0206", "2026-03"),
    [
      ["2026-03", "retained", null, true, "4900.00"],
      ["2026-04", "churn", "voluntary", false, "0.00"],
      ["2026-05", "inactive", null, false, "0.00"],
      ["2026-06", "reactivation", null, true, "4900.00"],
    ],
  ],
  ["what happens after as_of is not known", months("X0207", "2026-06"), [["2026-06", "retained", null, true, "4900.00"]]],
  [
    "an agreed end is one of its own kind",
    months("X0208", "2026-05").replace("order by", "and month < '2026-06-01' order by"),
    [["2026-05", "churn", "fixed_end", false, "0.00"]],
  ],
];

const habit = (customer: string, activity: string): string =>
  `select last_on, median_gap_days, threshold_days, is_churned, churned_on from int_activity_habits where customer_id = '${customer}' and activity = '${activity}'`;
const history = (customer: string): string =>
  `select x, t_x, "T", mean_repeat_value, is_one_time, value_excluded_reason from int_rfm_summary_clv where customer_id = '${customer}'`;

const activity: readonly Case[] = [
  ["who only has a machine open their mail no longer reads it", habit("X0120", "message"), [["2025-09-22", 7, 120, true, "2026-01-21"]]],
  ["who never opened cannot have stopped", habit("X0121", "message"), []],
  [
    "from the store to the site is a move, not a loss",
    `select activity, "from", "to", is_open from int_activity_periods where customer_id = 'X0904' and activity like 'visit%' order by 1`,
    [
      ["visit", "2025-10-27", "2026-06-25", true],
      ["visit_store", "2025-10-27", "2026-01-12", false],
      ["visit_web", "2026-01-29", "2026-06-25", true],
    ],
  ],
  [
    "days no more than 60 apart are one period, the next begins after its gap",
    `select island, "from", "to", gap_days from int_activity_periods where customer_id = 'X0026' and activity = 'purchase' order by 1`,
    [
      [1, "2025-10-02", "2025-11-01", null],
      [2, "2026-05-20", "2026-05-20", "200"],
    ],
  ],
  ["4 orders 60 days apart are 3 repeat purchases in 180 days, the first 280 days ago", history("X0023"), [["3", "180", "280", "50000.00", false, null]]],
  ["one order is no repeat purchase", history("X0001"), [["0", "0", "0", "0.00", true, "no_repeat_purchase"]]],
  ["what was sent back was bought once", history("X0010"), [["0", "0", "375", "0.00", true, "no_repeat_purchase"]]],
  [
    "a silence is measured by the habit known on its day: 91 days by a habit of 10",
    "select days_since_order, median_gap_days, ipt_ratio, orders_90 from int_signals_daily where customer_id = 'X0024' and signal_on = '2026-06-30'",
    [["91", 10, 9.1, "0"]],
  ],
  [
    "a quarter back from the day before, the last order still counts",
    "select orders_90 from int_signals_daily where customer_id = 'X0024' and signal_on in ('2026-06-28', '2026-06-29') order by signal_on",
    [["1"], ["0"]],
  ],
];

describe.each([
  ["activity", activity],
  ["identity", identity],
  ["order lines", lines],
  ["messages", messages],
  ["attribution", attribution],
  ["sessions", sessions],
  ["subscriptions", subscriptions],
] as const)("%s", (_, cases) => {
  test.each(cases)("%s", async (_why, query, rows) => {
    expect(await project.rows(query)).toEqual(rows);
  });
});

test("signals that were added day by day equal signals computed at once", async () => {
  const table = "select count(*), md5(string_agg(signals::varchar, '|' order by signal_on, customer_id)) from int_signals_daily as signals";
  const added = await project.rows(table);
  expect(await project.build("--select", "int_signals_daily", "--full-refresh")).toBe(0);
  expect(await project.rows(table)).toEqual(added);
});
