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
