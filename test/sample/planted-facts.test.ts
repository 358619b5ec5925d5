/** The world agrees with itself, and with the constants that models are checked against (src/sample/world.ts). */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { experimentDays, experiments, gammaGamma, messaging } from "../../src/sample/world.ts";
import { openSample, type SampleDatabase } from "./sample-database.ts";

let sample: SampleDatabase;
beforeAll(async () => {
  sample = await openSample({ customers: 4000 });
});
afterAll(() => sample[Symbol.asyncDispose]());

/** Everything generated, nothing written by hand. */
const generated = "sample_message_outcomes";

describe("planted is", () => {
  test("the share of mail programs that open by themselves", async () => {
    const { people, opens } = messaging.machineOpen;
    const share = people * opens;
    // Messages to one person share a mail program: the spread is that of people.
    const perPerson = `(select avg((machine_open_at is not null)::integer) as opened, count(*) as n from ${generated} where channel = 'email' and bounce is null group by ${generated}.n)`;
    const distance = `select abs(avg(opened) - ${share}) / (stddev_samp(opened) / sqrt(count(*))) from ${perPerson}`;
    expect(await sample.number(distance)).toBeLessThan(4);
  });

  test("the mean value of an order", async () => {
    const { p, q, v } = gammaGamma;
    const perPerson = "(select avg(value) as value from sample_orders where kind = 'purchase' group by n)";
    expect(await sample.number(`select abs(avg(value) - ${(v * p) / (q - 1)}) / (stddev_samp(value) / sqrt(count(*))) from ${perPerson}`)).toBeLessThan(4);
  });

  test.each(experiments)("the lift of $id: treatment makes an order $orderRatio times as likely", async ({ id, orderRatio }) => {
    const arms = `with assigned as (
        select arm, count(orders.n) > 0 as ordered
        from sample_experiments as experiments
        left join sample_orders as orders on orders.n = experiments.n and orders.kind = 'purchase'
          and orders.ordered_at >= assigned_at and orders.ordered_at < assigned_at + interval ${experimentDays} day
        where experiment_id = '${id}'
        group by experiments.n, arm
      )
      select avg(ordered::integer) filter (where arm = 'treatment') as t, avg(ordered::integer) filter (where arm = 'holdout') as h,
        count(*) filter (where arm = 'treatment') as n_t, count(*) filter (where arm = 'holdout') as n_h
      from assigned`;
    // The distance of t from ratio x h, in standard errors.
    const distance = `select abs(t - ${orderRatio} * h) / sqrt(t * (1 - t) / n_t + ${orderRatio ** 2} * h * (1 - h) / n_h) from (${arms})`;
    expect(await sample.number(distance)).toBeLessThan(4);
  });

  test("an arm that depends on nothing from before", async () => {
    const before = `select arm, orders_per_day from sample_experiments join sample_people using (n) where experiment_id = 'spring_discount'`;
    const distance = `select abs(avg(orders_per_day) filter (where arm = 'treatment') - avg(orders_per_day) filter (where arm = 'holdout'))
      / sqrt(var_samp(orders_per_day) filter (where arm = 'treatment') / count(*) filter (where arm = 'treatment')
        + var_samp(orders_per_day) filter (where arm = 'holdout') / count(*) filter (where arm = 'holdout')) from (${before})`;
    expect(await sample.number(distance)).toBeLessThan(4);
  });

  test("holdout rows that were lost in one experiment only", async () => {
    const lost = "select string_agg(distinct experiment_id) = 'contest_autumn' from sample_experiments where is_lost";
    expect(await sample.number(`select (${lost})::integer`)).toBe(1);
  });
});

const contradictions: readonly (readonly [what: string, query: string])[] = [
  [
    "an order whose lines do not add up to its gross value",
    `select count(*) from (select order_id, any_value(gross) as gross from raw_orders group by 1)
      join (select order_id, sum(line_amount) as lines from (select distinct * from raw_order_lines where line_no is not null union all select * from raw_order_lines where line_no is null) group by 1) using (order_id)
      where lines <> gross`,
  ],
  ["a line whose amount is not quantity times price", "select count(*) from raw_order_lines where line_amount <> quantity * unit_price"],
  [
    "an order of web or app without its session",
    "select count(*) from raw_orders where session_id like 'S%' and session_id not in (select session_id from raw_sessions)",
  ],
  ["a session that begins after its order", "select count(*) from raw_orders join raw_sessions using (session_id) where started_at > ordered_at"],
  ["an event of a message that was not sent", "select count(*) from raw_message_events where message_id not in (select message_id from raw_messages)"],
  [
    "an event before its message",
    "select count(*) from raw_message_events join raw_messages using (message_id) where occurred_at < sent_at and message_id not like 'MX%'",
  ],
  [
    "a message to somebody who had not agreed",
    `select count(*) from sample_messages as messages left join sample_answers as answers on answers.n = messages.n and answers.channel = messages.channel
      where flow_id in ('how_to', 'review_request', 'welcome', 'cart_reminder') and (answers.n is null or not has_agreed or sent_at < asked_at)`,
  ],
  [
    "a balance of points below zero",
    `select count(*) from (select sum(points) over (partition by customer_id order by "at", points desc, entry_id) as balance from raw_loyalty_ledger) where balance < 0`,
  ],
  [
    "points older than a year that are still there",
    `select count(*) from (select customer_id, sum(points) filter (where points > 0 and "at" < '2025-07-01') as old, -sum(points) filter (where points < 0) as gone from raw_loyalty_ledger group by 1)
      where old > coalesce(gone, 0) and customer_id not like 'X%'`,
  ],
  ["a refund before its order", "select count(*) from raw_refunds join raw_orders using (order_id) where refunded_at < ordered_at"],
  [
    "a cart that became an order of somebody else",
    "select count(*) from raw_carts join raw_orders on order_id = converted_order_id where raw_carts.customer_id <> raw_orders.customer_id",
  ],
  [
    "a referral before the referrer was there",
    "select count(*) from raw_referrals join raw_customers on customer_id = referrer_id where invited_at < created_at",
  ],
  ["an answer about a ticket that nobody opened", "select count(*) from raw_survey_responses where ticket_id not in (select ticket_id from raw_tickets)"],
  [
    "a redemption of an incentive after it expired",
    "select count(*) from raw_incentives join raw_orders on order_id = redeemed_order_id where ordered_at > expires_at",
  ],
  [
    "overlapping subscriptions of one person",
    `select count(*) from (select started_on, lag(ended_on) over (partition by customer_id order by started_on) as ended from raw_subscriptions) where started_on < ended`,
  ],
];

describe("the world is without", () => {
  test.each(contradictions)("%s", async (_, query) => {
    expect(await sample.number(query)).toBe(0);
  });
});
