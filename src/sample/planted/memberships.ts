/** Subscriptions, loyalty points and referrals that end, expire or overlap. X0201, X0401, X0501 and on. */
import { account, order } from "./builders.ts";
import type { PlantedRows, Row } from "./rows.ts";

const plan = (customer: string, startedOn: string, endedOn: string | null, said: Row = {}): Row => ({
  subscription_id: `P${customer}${said["part"] ?? ""}`,
  customer_id: customer,
  plan: "premium_monthly",
  started_on: startedOn,
  ended_on: endedOn,
  mrr: 4900,
  ...said,
});

const subscriptions = [
  // Rule 17. Ends on as_of and nobody said why: that is where the extract ends.
  plan("X0201", "2025-10-05", "2026-06-30"),
  // Rule 17. Paused in May: active, without revenue.
  plan("X0202", "2025-10-05", "2026-05-10", { end_type: "paused" }),
  // Rule 17. The payment failed ten days ago: tried again until 4 July, not lost yet.
  plan("X0203", "2025-10-05", "2026-06-20", { end_type: "payment_failed" }),
  // Rule 17. The payment failed on 10 April, the grace ended on the 24th: lost in May, against their will.
  plan("X0204", "2025-10-05", "2026-04-10", { end_type: "payment_failed" }),
  // Rule 17. Changed the plan on one day: a downgrade, no loss.
  plan("X0205", "2025-10-05", "2026-03-12", { part: "a", end_type: "voluntary" }),
  plan("X0205", "2026-03-12", null, { part: "b", plan: "premium_yearly", mrr: 4083 }),
  // Rules 16 and 17. Cancelled in March, lost in April, back in June.
  plan("X0206", "2025-10-05", "2026-03-15", { part: "a", end_type: "voluntary", cancel_requested_at: "2026-03-02T03:00:00Z", cancel_reason: "too_expensive" }),
  plan("X0206", "2026-06-01", null, { part: "b" }),
  // Rule 2. Notice given after as_of, for an end after it: nothing is known of it.
  plan("X0207", "2025-10-05", "2026-07-02", { end_type: "voluntary", cancel_requested_at: "2026-07-01T03:00:00Z", cancel_reason: "moving" }),
  // Rule 17. A plan for half a year, over in April: an end that was agreed.
  plan("X0208", "2025-10-05", "2026-04-05", { end_type: "fixed_end" }),
];

const points = (id: string, customer: string, type: string, amount: number, at: string): Row => ({
  entry_id: `LX${id}`,
  customer_id: customer,
  entry_type: type,
  points: amount,
  at,
});

const ledger = [
  // Rule 30. 100 earned, 60 spent, the rest gone after a year: nothing left, and never less than nothing.
  points("401a", "X0401", "earn", 100, "2025-05-01T03:00:00Z"),
  points("401b", "X0401", "redeem", -60, "2025-08-01T03:00:00Z"),
  points("401c", "X0401", "expire", -40, "2026-05-01T03:00:00Z"),
  // Rule 30. 100 of July last year, 50 of this March, 30 spent from the oldest: 70 expire within 30 days, 120 are there.
  points("402a", "X0402", "earn", 100, "2025-07-10T03:00:00Z"),
  points("402b", "X0402", "earn", 50, "2026-03-10T03:00:00Z"),
  points("402c", "X0402", "redeem", -30, "2026-04-10T03:00:00Z"),
];

const tier = (customer: string, name: string, from: string): Row => ({ customer_id: customer, tier: name, valid_from: from });

const tiers = [
  tier("X0401", "bronze", "2025-01-10"),
  // Rule 30. Up in January, down again in June: silver on as_of, gold in May.
  tier("X0402", "silver", "2025-01-10"),
  tier("X0402", "gold", "2026-01-01"),
  tier("X0402", "silver", "2026-06-01"),
];

const referral = (id: string, referrer: string, referee: string | null, at: string, orderId: string | null): Row => ({
  referral_id: `RX${id}`,
  referrer_id: referrer,
  referee_id: referee,
  code: `F${referrer}`,
  invited_at: at,
  converted_order_id: orderId,
  reward_cost: orderId === null ? 0 : 5000,
});

const referrals = [
  // Rule 32. A friend who bought.
  referral("501", "X0501", "X0502", "2026-01-09T03:00:00Z", "X50201"),
  // Rule 32. X0503 and X0504 are one person by their address: a reward for oneself counts for nothing.
  referral("503", "X0503", "X0504", "2026-01-09T03:00:00Z", "X50401"),
  // Rule 32. Two people invited X0505: the first one did it.
  referral("505a", "X0501", "X0505", "2026-01-09T03:00:00Z", "X50501"),
  referral("505b", "X0502", "X0505", "2026-01-20T03:00:00Z", "X50501"),
  // Rule 32. The order can still be sent back on as_of: the reward waits.
  referral("506", "X0501", "X0506", "2026-06-20T03:00:00Z", "X50601"),
  // Rule 32. Invited, never came.
  referral("507", "X0501", null, "2026-02-09T03:00:00Z", null),
];

const addresses: Readonly<Record<string, string>> = { X0503: "clever@example.com", X0504: "Clever@example.com" };
const customers = [
  ...subscriptions.map((row) => String(row["customer_id"])),
  ...ledger.map((row) => String(row["customer_id"])),
  ...["X0501", "X0502", "X0503", "X0504", "X0505", "X0506"],
];

export const plantedMemberships: PlantedRows = {
  raw_customers: [...new Set(customers)].map((id) => account(id, addresses[id] ?? `${id.toLowerCase()}@example.com`)),
  raw_orders: [
    order("50201", "X0502", "2026-01-12T03:00:00Z"),
    order("50401", "X0504", "2026-01-12T03:00:00Z"),
    order("50501", "X0505", "2026-01-25T03:00:00Z"),
    order("50601", "X0506", "2026-06-25T03:00:00Z"),
  ],
  raw_subscriptions: subscriptions.map(({ part: _, ...row }) => row),
  raw_loyalty_ledger: ledger,
  raw_loyalty_tiers: tiers,
  raw_referrals: referrals,
};
