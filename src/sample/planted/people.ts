/**
 * Hand-written people (ids begin with X), one per rule that a generator would meet only by luck. Each comment says what
 * the models must make of them with `as_of` 2026-06-30 in Seoul; the tests of the shipped project check exactly that.
 */
import { account, consent, hoursFrom, opened, order } from "./builders.ts";
import type { PlantedRows } from "./rows.ts";

const customers = [
  // Rule 10. An order at 23:30Z on 29 June is one of 30 June in Seoul: recency 0.
  account("X0001", "late.evening@example.com"),
  // Rule 2. The last second of as_of counts, the next one does not: one order.
  account("X0002", "last.second@example.com"),
  // Rule 7. Two orders without sign-in, in other case and with spaces: frequency 3.
  account("X0003", "Sometimes.Guest@Example.com"),
  // Rule 7. One person with two accounts: X0004 is the earlier and stands for both, with 2 orders.
  account("X0004", "two.accounts@example.com"),
  account("X0005", " TWO.ACCOUNTS@example.com", { source: "app", created_at: "2025-03-01T03:00:00Z" }),
  // Rule 7. A family address of three accounts is nobody's own: no merge, and the guest order with it belongs to nobody.
  account("X0006", "family@example.org"),
  account("X0007", "family@example.org"),
  account("X0008", "Family@example.org"),
  // Rule 6. The only order was cancelled, its money returned: no valid order, a prospect.
  account("X0009", "cancelled.only@example.com"),
  // Rule 5. Everything sent back in the next month: one valid order, nothing spent, out of the monetary thresholds.
  account("X0010", "sent.back@example.com"),
  // Rule 5. 100,000 - 10,000 discount - 30,000 refunded a month later: net 60,000.
  account("X0011", "partly.back@example.com"),
  // Rule 16. Removed, then installed on another phone: no churn.
  account("X0012", "new.phone@example.com", { phone: "010-0000-0012" }),
  // Rule 16. Removed from one of two devices: no churn.
  account("X0013", "two.devices@example.com", { phone: "010-0000-0013" }),
  // Rule 34. Removed, but consent for ads was withdrawn: not in the audience.
  account("X0014", "withdrawn@example.com", { phone: "010-0000-0014" }),
  // Rule 34. Consent withdrawn and given again: in the audience.
  account("X0015", "given.again@example.com", { phone: "010-0000-0015" }),
  // Rule 10. Removed 2026-06-01 00:30 in Seoul (31 May in UTC): the first of the 30 days, in.
  account("X0016", "first.day@example.com", { phone: "+82 10-0000-0016" }),
  // Rule 10. Removed 2026-05-31 23:59:59 in Seoul: one second too early, out.
  account("X0017", "second.too.early@example.com", { phone: "+82 10-0000-0017" }),
  // Rule 34. Only an all-zero advertising id: in, by e-mail and telephone.
  account("X0018", "zero.id@example.com", { phone: "0082 10 0000 0018" }),
  // Rule 16. Opened on the same device after the removal: the app is there.
  account("X0019", "opened.after@example.com"),
  // Rule 2. Removed after as_of: not yet known.
  account("X0020", "removed.tomorrow@example.com"),
  // Rule 2. Removed; installed again only after as_of: in.
  account("X0021", "returns.tomorrow@example.com", { phone: "010-0000-0021" }),
  // Rule 34. Never asked about ads: not in the audience.
  account("X0022", "never.asked@example.com", { phone: "010-0000-0022" }),
  // Rule 15. Buys every 60 days, silent for 100: threshold 3 x 60 = 180 days, has not stopped.
  account("X0023", "slow.habit@example.com"),
  // Rule 15. Buys every 10 days, silent for 91: threshold 90, stopped on as_of.
  account("X0024", "quick.habit@example.com"),
  // Rule 15. The same, silent for 90 days: the window is full only tomorrow.
  account("X0025", "one.day.left@example.com"),
  // Rule 15. Silent for 200 days, then bought again: came back.
  account("X0026", "came.back@example.com"),
  // A colleague's account: in no number.
  account("X0027", "colleague@example.com", { is_test: true }),
  // Asked to be deleted: stays in cohorts and revenue, in nothing that addresses people.
  account("X0028", null, { is_deleted: true, first_name: null, last_name: null }),
  // Rule 2. A later version after as_of must not be seen; the one of February must.
  account("X0029", "versions@example.com", { city: "first" }),
  account("X0029", "versions@example.com", { city: "second", updated_at: "2026-02-01T00:00:00Z" }),
  account("X0029", "versions@example.com", { city: "third", updated_at: "2026-07-01T00:00:00Z" }),
  // Rule 2. Signed up after as_of: not yet a customer.
  account("X0030", "tomorrow@example.com", { created_at: "2026-06-30T15:00:00Z" }),
  // Rule 5. Only a refund, of an order older than the data: no customer.
  account("X0032", "refund.only@example.com"),
  // Rule 7. Two addresses, and a link that says they are one person: X0033.
  account("X0033", "one.address@example.com"),
  account("X0034", "other.address@example.com", { created_at: "2025-02-01T03:00:00Z" }),
  // Rule 7. Blank address: never merged with the guest order whose address is blank too.
  account("X0031", "   "),
];

/** One order every so many days, the last one on the given UTC day at noon in Seoul. */
const habit = (prefix: string, customer: string, lastDay: string, everyDays: number, times: number) =>
  Array.from({ length: times }, (_, index) =>
    order(`${prefix}${index + 1}`, customer, hoursFrom(`${lastDay}T03:00:00Z`, (index + 1 - times) * everyDays * 24)),
  );

const orders = [
  order("0101", "X0001", "2026-06-29T23:30:00Z"),
  order("0201", "X0002", "2026-06-30T14:59:59Z"),
  order("0202", "X0002", "2026-06-30T15:00:00Z"),
  order("0301", "X0003", "2025-02-01T03:00:00Z"),
  order("0302", null, "2025-03-01T03:00:00Z", { email: "sometimes.guest@example.com " }),
  order("0303", null, "2025-04-01T03:00:00Z", { email: "SOMETIMES.GUEST@EXAMPLE.COM" }),
  order("0401", "X0004", "2025-02-01T03:00:00Z"),
  order("0501", "X0005", "2025-04-01T03:00:00Z"),
  order("0601", "X0006", "2025-02-01T03:00:00Z"),
  order("0602", null, "2025-05-01T03:00:00Z", { email: "family@example.org" }),
  order("0603", null, "2025-05-02T03:00:00Z", { email: "guest@example.com" }),
  order("0901", "X0009", "2025-06-01T03:00:00Z", { status: "paid" }),
  order("1001", "X0010", "2025-06-20T03:00:00Z", { status: "refunded" }),
  order("1101", "X0011", "2025-06-25T03:00:00Z", { gross: 100_000, discount: 10_000, status: "partially_refunded" }),
  ...habit("23", "X0023", "2026-03-22", 60, 4),
  ...habit("24", "X0024", "2026-03-31", 10, 4),
  ...habit("25", "X0025", "2026-04-01", 10, 4),
  ...habit("26", "X0026", "2025-11-01", 10, 4),
  order("2605", "X0026", "2026-05-20T03:00:00Z"),
  order("2701", "X0027", "2025-06-01T03:00:00Z", { gross: 9_999_999 }),
  order("2801", "X0028", "2025-06-01T03:00:00Z"),
  order("3101", null, "2025-06-01T03:00:00Z", { email: " " }),
  order("3301", "X0033", "2025-03-01T03:00:00Z"),
  order("3401", "X0034", "2025-05-01T03:00:00Z"),
  // Rule 8. A customer id without a customer record yet: still one person.
  order("9901", "X9999", "2025-06-01T03:00:00Z"),
];

const refund = (id: string, orderId: string, at: string, amount: number, isCancellation = false) => ({
  refund_id: `X${id}`,
  order_id: orderId,
  refunded_at: at,
  amount,
  reason: isCancellation ? "changed_mind" : "wrong_size",
  is_cancellation: isCancellation,
});

const refunds = [
  refund("0901", "X0901", "2025-06-01T05:00:00Z", 50_000, true),
  refund("1001", "X1001", "2025-07-03T03:00:00Z", 50_000),
  refund("1101", "X1101", "2025-07-20T03:00:00Z", 30_000),
  refund("3201", "X3200", "2025-02-10T03:00:00Z", 40_000),
  // Rule 2. After as_of: the order keeps its full value for now.
  refund("0101", "X0101", "2026-07-02T03:00:00Z", 50_000),
];

const id = (digit: string): string => `${digit.repeat(8)}-${digit.repeat(4)}-4${digit.repeat(3)}-a${digit.repeat(3)}-${digit.repeat(12)}`;

const event = (type: string, device: string, customer: string | null, at: string, advertisingId: string | null = null) => ({
  event_type: type,
  device_id: device,
  customer_id: customer,
  occurred_at: at,
  advertising_id: advertisingId,
  platform: "android",
});
const installed = (customer: string, advertisingId: string | null = null) =>
  event("install", `DX${customer}a`, customer, "2026-01-15T03:00:00Z", advertisingId);
const removed = (customer: string, at = "2026-06-20T03:00:00Z", advertisingId: string | null = null) =>
  event("uninstall", `DX${customer}a`, null, at, advertisingId);

const appEvents = [
  installed("X0012"),
  removed("X0012"),
  event("install", "DXX0012b", "X0012", "2026-06-22T03:00:00Z"),
  installed("X0013"),
  event("install", "DXX0013b", "X0013", "2026-02-01T03:00:00Z"),
  removed("X0013"),
  installed("X0014", id("4")),
  removed("X0014", undefined, id("4")),
  installed("X0015", id("5")),
  removed("X0015", undefined, id("5")),
  installed("X0016", id("6").toUpperCase()),
  removed("X0016", "2026-05-31T15:30:00Z"),
  installed("X0017", id("7")),
  removed("X0017", "2026-05-31T14:59:59Z"),
  installed("X0018", "00000000-0000-0000-0000-000000000000"),
  removed("X0018"),
  installed("X0019"),
  removed("X0019"),
  event("open", "DXX0019a", "X0019", "2026-06-25T03:00:00Z"),
  installed("X0020"),
  removed("X0020", "2026-07-01T03:00:00Z"),
  installed("X0021"),
  removed("X0021", "2026-06-29T03:00:00Z"),
  event("install", "DXX0021a", "X0021", "2026-07-01T03:00:00Z"),
  installed("X0022"),
  removed("X0022"),
].map((said, index) => ({ event_id: `X${String(index + 1).padStart(4, "0")}`, ...said }));

const consents = [
  ...["X0012", "X0013", "X0014", "X0015", "X0016", "X0017", "X0018", "X0019", "X0020", "X0021"].map((customer) => consent(customer, "opt_in", opened)),
  consent("X0014", "opt_out", "2026-05-01T03:00:00Z", "privacy"),
  consent("X0015", "opt_out", "2026-05-01T03:00:00Z", "privacy"),
  consent("X0015", "opt_in", "2026-06-01T03:00:00Z", "preference_center"),
  // Rule 34. Withdrawn after as_of: still agreed on that day.
  consent("X0016", "opt_out", "2026-07-01T03:00:00Z", "privacy"),
];

const links = [{ source: "account", source_id: "X0034", customer_id: "X0033", method: "support", valid_from: "2025-06-01T03:00:00Z" }];

export const plantedPeople: PlantedRows = {
  raw_identity_links: links,
  raw_customers: customers,
  raw_orders: orders,
  raw_refunds: refunds,
  raw_app_events: appEvents,
  raw_consents: consents,
};
