/** Everything that real data does to a warehouse occurs in the sample, so that the shipped models meet it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultCustomers } from "../../src/sample/world.ts";
import { openSample, type SampleDatabase } from "./sample-database.ts";

let sample: SampleDatabase;
beforeAll(async () => {
  sample = await openSample({ customers: defaultCustomers });
});
afterAll(() => sample[Symbol.asyncDispose]());

const zeroId = "00000000-0000-0000-0000-000000000000";
const seoulMonth = (column: string): string => `strftime(${column}::timestamp + interval 9 hour, '%Y-%m')`;

const cases: readonly (readonly [what: string, query: string, atLeast: number])[] = [
  ["customers", "select count(distinct customer_id) from raw_customers", 1300],
  ["countries", "select count(distinct upper(country)) from raw_customers", 6],
  ["ids with leading zeros", "select count(*) from raw_customers where customer_id like '0%'", 1000],
  ["postal codes with leading zeros", "select count(*) from raw_customers where zip like '0%'", 50],
  ["people named Null", "select count(*) from raw_customers where last_name = 'Null'", 1],
  ["names in Hangul", "select count(*) from raw_customers where regexp_matches(first_name, '\\p{Hangul}')", 500],
  ["names in Greek", "select count(*) from raw_customers where regexp_matches(first_name, '\\p{Greek}')", 20],
  ["copies of a customer record", "select count(*) - count(distinct t) from raw_customers as t", 5],
  ["newer versions of a customer record", "select count(*) from (select customer_id from raw_customers group by 1 having count(distinct updated_at) > 1)", 20],
  ["staff accounts", "select count(*) from raw_customers where is_test", 2],
  ["deleted people", "select count(*) from raw_customers where is_deleted and email is null", 5],
  ["accounts older than the data", "select count(*) from raw_customers where created_at < '2024-06-15'", 10],
  [
    "customers without orders",
    "select count(*) from raw_customers where customer_id not in (select customer_id from raw_orders where customer_id is not null)",
    100,
  ],
  ["copies of an order", "select count(*) - count(distinct t) from raw_orders as t", 5],
  ["orders in two states", "select count(*) from (select order_id from raw_orders group by 1 having count(distinct status) > 1)", 3],
  ["cancelled orders", "select count(*) from raw_orders where status = 'cancelled'", 50],
  ["unpaid orders", "select count(*) from raw_orders where status in ('pending', 'failed')", 20],
  ["test orders", "select count(*) from raw_orders where is_first_party_test", 5],
  ["orders of 0 won", "select count(*) from raw_orders where gross = 0", 5],
  ["guest orders", "select count(*) from raw_orders where customer_id is null and email is not null", 200],
  [
    "guest orders with a customer's address in another spelling",
    "select count(*) from raw_orders o where customer_id is null and exists (select 1 from raw_customers c where lower(trim(c.email)) = lower(trim(o.email)) and c.email <> o.email)",
    20,
  ],
  ["orders of nobody", "select count(*) from raw_orders where customer_id is null and email is null", 40],
  ["orders of an unknown id", "select count(*) from raw_orders where customer_id not in (select customer_id from raw_customers)", 1],
  ["orders of the next day in Seoul", "select count(*) from raw_orders where ordered_at[12:16] = '23:30'", 1],
  ["orders after as_of", "select count(*) from raw_orders where ordered_at >= '2026-06-30T15:00:00Z'", 5],
  ["partial refunds", "select count(*) from raw_refunds join raw_orders using (order_id) where amount < gross - discount", 50],
  ["full returns", "select count(*) from raw_refunds join raw_orders using (order_id) where amount = gross - discount and not is_cancellation", 50],
  [
    "refunds in another month",
    `select count(*) from raw_refunds join raw_orders using (order_id) where ${seoulMonth("refunded_at")} > ${seoulMonth("ordered_at")}`,
    50,
  ],
  ["orders refunded twice", "select count(*) from (select order_id from raw_refunds group by 1 having count(*) > 1)", 5],
  [
    "cancellations by refund of a paid order",
    "select count(*) from raw_refunds join raw_orders using (order_id) where is_cancellation and status <> 'cancelled'",
    10,
  ],
  ["refunds after as_of", "select count(*) from raw_refunds where refunded_at >= '2026-06-30T15:00:00Z'", 1],
  ["removals of the app", "select count(*) from raw_app_events where event_type = 'uninstall'", 300],
  ["removals that name nobody", "select count(*) from raw_app_events where event_type = 'uninstall' and customer_id is null", 50],
  [
    "devices installed again",
    "select count(*) from (select device_id from raw_app_events where event_type = 'install' group by 1 having count(distinct event_id) > 1)",
    20,
  ],
  ["people with two devices", "select count(*) from (select customer_id from raw_app_events group by 1 having count(distinct device_id) > 1)", 50],
  ["all-zero advertising ids", `select count(*) from raw_app_events where advertising_id = '${zeroId}'`, 100],
  ["blank advertising ids", "select count(*) from raw_app_events where trim(advertising_id) = ''", 1],
  ["removals after as_of", "select count(*) from raw_app_events where event_type = 'uninstall' and occurred_at >= '2026-06-30T15:00:00Z'", 3],
  [
    "customers never asked about ads",
    "select count(*) from raw_customers where customer_id not in (select customer_id from raw_consents where channel = 'ads')",
    50,
  ],
  [
    "consents withdrawn",
    "select count(*) from raw_consents a join raw_consents b using (customer_id, channel) where a.status = 'opt_in' and b.status = 'opt_out' and a.changed_at < b.changed_at",
    50,
  ],
  [
    "consents given again",
    "select count(*) from raw_consents a join raw_consents b using (customer_id, channel) where a.status = 'opt_out' and b.status = 'opt_in' and a.changed_at < b.changed_at",
    10,
  ],
  [
    "copies of a numbered line",
    "select count(*) from (select order_id, line_no from raw_order_lines where line_no is not null group by all having count(*) > 1)",
    10,
  ],
  ["lines without a number", "select count(*) from raw_order_lines where line_no is null", 1000],
  [
    "equal lines of one till order",
    "select count(*) from (select order_id from raw_order_lines where line_no is null group by all having count(*) > count(distinct product_id))",
    1,
  ],
  [
    "products bought together",
    "select count(*) from raw_order_lines a join raw_order_lines b using (order_id) where a.product_id = 'P001' and b.product_id = 'P002'",
    20,
  ],
  ["messages that were dropped", "select count(*) from raw_messages where dropped_reason is not null", 50],
  ["messages to guests' addresses", "select count(*) from raw_messages where customer_id is null and address is not null", 50],
  ["opens by machines that the provider flags", "select count(*) from raw_message_events where is_machine", 500],
  ["opens by machines that only their name gives away", "select count(*) from raw_message_events where is_machine is null and user_agent = 'Mozilla/5.0'", 100],
  ["clicks of link scanners", "select count(*) from raw_message_events where event_type = 'click' and user_agent like 'LinkScanner%'", 20],
  [
    "clicks without an open",
    "select count(*) from raw_message_events c where event_type = 'click' and not exists (select 1 from raw_message_events o where o.message_id = c.message_id and o.event_type = 'open')",
    20,
  ],
  [
    "messages that bounced twice",
    "select count(*) from (select message_id from raw_message_events where event_type like 'bounce%' group by 1 having count(*) > 1)",
    10,
  ],
  [
    "e-mails whose delivery nobody reported",
    "select count(*) from raw_messages where channel = 'email' and message_id not in (select message_id from raw_message_events where event_type = 'delivered')",
    1000,
  ],
  ["unsubscriptions", "select count(*) from raw_message_events where event_type = 'unsubscribe'", 20],
  ["complaints", "select count(*) from raw_message_events where event_type = 'spam'", 5],
  ["blocks", "select count(*) from raw_message_events where event_type = 'block'", 5],
  ["people who fell silent", "select count(*) from sample_habits where silent_from < '2026-01-01'", 100],
  ["people who moved from the store to the site", "select count(*) from sample_habits where moved_at < '2026-01-01'", 20],
  ["sessions of strangers", "select count(*) from raw_sessions where customer_id is null and anonymous_id like 'Z%'", 1000],
  [
    "sessions of people not signed in, on a browser that is known",
    "select count(*) from raw_sessions join raw_identity_links on source_id = anonymous_id where raw_sessions.customer_id is null",
    100,
  ],
  ["carts left behind", "select count(*) from raw_carts where converted_order_id is null", 500],
  ["carts left behind and bought soon after", "select count(*) from raw_carts where cart_id like 'CA%'", 50],
  ["plans that ended for each reason", "select min(n) from (select count(*) as n from raw_subscriptions where end_type is not null group by end_type)", 10],
  [
    "plans changed on one day",
    "select count(*) from raw_subscriptions a join raw_subscriptions b on a.customer_id = b.customer_id and a.ended_on = b.started_on and a.plan <> b.plan",
    5,
  ],
  [
    "subscribers who came back",
    "select count(*) from raw_subscriptions a join raw_subscriptions b on a.customer_id = b.customer_id and a.ended_on < b.started_on",
    5,
  ],
  ["points that expired", "select count(*) from raw_loyalty_ledger where entry_type = 'expire'", 100],
  [
    "members who fell to a lower tier",
    "select count(*) from (select tier, lag(tier) over (partition by customer_id order by valid_from) as before from raw_loyalty_tiers) where before = 'gold' and tier <> 'gold'",
    5,
  ],
  ["friends who bought", "select count(*) from raw_referrals where converted_order_id is not null", 20],
  ["invitations that nobody took", "select count(*) from raw_referrals where referee_id is null", 50],
  [
    "promoters, passives and detractors",
    "select min(n) from (select count(*) as n from raw_survey_responses where survey_type = 'nps' group by case when score >= 9 then 'p' when score >= 7 then 'n' else 'd' end)",
    50,
  ],
  ["scores that are none", "select count(*) from raw_survey_responses where survey_type = 'nps' and (score not between 0 and 10 or score <> floor(score))", 3],
  ["reasons for leaving", "select count(distinct choice) from raw_survey_responses where survey_type = 'churn_reason'", 8],
  ["tickets that are not solved", "select count(*) from raw_tickets where solved_at is null", 10],
  ["brand queries in several spellings", "select count(distinct query) from raw_search_performance where strip_accents(lower(query)) like '%cafe salt%'", 4],
  [
    "days whose queries add up to less than their total",
    "select count(*) from (select day, sum(clicks) filter (where aggregation = 'page') as shown, max(clicks) filter (where aggregation = 'property') as total from raw_search_performance group by 1) where shown < total",
    500,
  ],
  ["pages without followers", "select count(*) from raw_social_followers where followers = 0", 1],
  ["posts of networks without saves", "select count(*) from raw_social_posts where saves is null", 20],
  ["ads that were paid for and clicked by nobody", "select count(*) from raw_ad_spend where spend > 0 and clicks = 0", 1],
];

describe("the sample has", () => {
  test.each(cases)("%s", async (_, query, atLeast) => {
    expect(await sample.number(query)).toBeGreaterThanOrEqual(atLeast);
  });

  test("only addresses that can reach nobody", async () => {
    const reachable =
      "select count(*) from (select email from raw_customers union all select email from raw_orders) where trim(lower(email)) not similar to '.*@(example\\.(com|net|org)|mail\\.example)' and trim(email) <> ''";
    expect(await sample.number(reachable)).toBe(0);
  });
});
