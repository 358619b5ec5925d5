/** Messages whose events are not in order, and what was touched before whose order. X0101 and on. */
import { account, consent, hoursFrom, order } from "./builders.ts";
import type { PlantedRows, Row } from "./rows.ts";

const sent = "2026-04-10T01:00:00Z";

const campaign = (id: string, name: string, objective: string, channel: string): Row => ({
  campaign_id: id,
  name,
  objective,
  lifecycle_stage: "retention",
  channel,
  started_at: "2025-09-01T00:00:00Z",
  ended_at: null,
  cost: 0,
});

const message = (id: string, said: Row = {}): Row => ({
  message_id: `M${id}`,
  campaign_id: "XC01",
  channel: "email",
  customer_id: id.slice(0, 5),
  sent_at: sent,
  ...said,
});

/** One event some seconds after a moment. */
const event = (id: string, type: string, seconds: number, said: Row = {}, from = sent): Row => ({
  message_id: `M${id}`,
  event_type: type,
  occurred_at: hoursFrom(from, seconds / 3600),
  ...said,
});

const hour = 3600;
const machine = { user_agent: "Mozilla/5.0", is_machine: true, machine_reason: "apple_mpp" };

const outcomes: readonly (readonly [message: Row, ...events: readonly Row[]])[] = [
  // Rule 19. Opened, and no delivery was ever reported: delivered.
  [message("X0101"), event("X0101", "open", 600)],
  // Rule 19. Two soft bounces and a hard one: one bounce, a hard one.
  [message("X0102"), event("X0102", "bounce_soft", 60), event("X0102", "bounce_soft", hour), event("X0102", "bounce_hard", 2 * hour)],
  // Rule 19. Bounced a day after it was opened: delivered.
  [message("X0103"), event("X0103", "open", 900), event("X0103", "bounce_soft", 24 * hour)],
  // Rule 19. A soft bounce, then a delivery: delivered.
  [message("X0104"), event("X0104", "bounce_soft", 60), event("X0104", "delivered", hour)],
  // Rule 19. Dropped: not sent, so neither delivered nor bounced.
  [message("X0105", { dropped_reason: "suppressed" })],
  // Rule 20. Unsubscribed without a delivery: kept and flagged.
  [message("X0106"), event("X0106", "unsubscribe", 700)],
  // Rules 16 and 20. Reported as spam, never unsubscribed: gone from e-mail all the same.
  [message("X0107"), event("X0107", "delivered", 5), event("X0107", "spam", 800)],
  // Rule 20. Opened five minutes before it was sent: the clocks disagree, opened all the same.
  [message("X0108"), event("X0108", "open", -300)],
  // Rule 20. Three opens by one person: one unique open.
  [message("X0109"), event("X0109", "delivered", 5), event("X0109", "open", 600), event("X0109", "open", 700), event("X0109", "open", 90 * hour)],
  // Rule 21. A click without an open is an open.
  [message("X0110"), event("X0110", "delivered", 5), event("X0110", "click", 1200)],
  // Rule 21. Only a machine opened, and only a scanner clicked: nobody opened or clicked.
  [message("X0111"), event("X0111", "open", 9, machine), event("X0111", "click", 2, { user_agent: "LinkScanner/2.1" })],
];

const touched = "2026-05-04T00:00:00Z";
const clicks: readonly (readonly [message: Row, ...events: readonly Row[]])[] = [
  // Rule 22. An e-mail click 119 hours before the order has its credit, one 121 hours before has none.
  [message("X0112", { sent_at: touched }), event("X0112", "click", 0, {}, touched)],
  [message("X0113", { sent_at: touched }), event("X0113", "click", 0, {}, touched)],
  // Rule 22. A click an hour after the order brought nothing.
  [message("X0114", { sent_at: touched }), event("X0114", "click", hour, {}, touched)],
  // Rule 22. An SMS click 23 hours before the order has its credit, one 25 hours before has none.
  [message("X0115", { sent_at: touched, channel: "sms", campaign_id: "XC02" }), event("X0115", "click", 0, {}, touched)],
  [message("X0116", { sent_at: touched, channel: "sms", campaign_id: "XC02" }), event("X0116", "click", 0, {}, touched)],
  // Rule 22. Opened one mail, clicked another the day after, then came directly: linear gives click and visit a half each.
  [message("X0117a", { sent_at: touched }), event("X0117a", "open", hour, {}, touched)],
  [message("X0117b", { sent_at: touched }), event("X0117b", "click", 24 * hour, {}, touched)],
  // Rule 23. The second order comes from e-mail, the first did not.
  [message("X0118", { sent_at: touched }), event("X0118", "click", 2 * hour, {}, touched)],
  // Rule 33. A click on the confirmation of an order is no reason for the next one.
  [message("X0119", { sent_at: touched, campaign_id: "XC03" }), event("X0119", "click", 2 * hour, {}, touched)],
];

const orders = [
  order("11201", "X0112", hoursFrom(touched, 119)),
  order("11301", "X0113", hoursFrom(touched, 121)),
  order("11401", "X0114", touched),
  order("11501", "X0115", hoursFrom(touched, 23)),
  order("11601", "X0116", hoursFrom(touched, 25)),
  order("11701", "X0117", hoursFrom(touched, 48), { session_id: "XS0117" }),
  order("11801", "X0118", "2026-03-01T03:00:00Z"),
  order("11802", "X0118", hoursFrom(touched, 26)),
  order("11901", "X0119", hoursFrom(touched, -1)),
  order("11902", "X0119", hoursFrom(touched, 30)),
];

const sessions = [
  {
    session_id: "XS0117",
    customer_id: "X0117",
    anonymous_id: "XA0117",
    started_at: hoursFrom(touched, 47.5),
    ended_at: hoursFrom(touched, 48),
    platform: "web",
    source: "(direct)",
    medium: "(none)",
    page_views: 5,
    engaged_seconds: 300,
    key_events: 3,
    furthest_step: "purchase",
  },
];

/** One mail a week, and who did what with it: `reacts` says whether a machine or a person opens the n-th of them. */
function weekly(customer: string, weeks: number, reacts: (week: number) => "machine" | "human" | undefined): readonly (readonly Row[])[] {
  return Array.from({ length: weeks }, (_, week) => {
    const id = `${customer}w${String(week + 1).padStart(2, "0")}`;
    const sentAt = hoursFrom("2026-06-29T01:00:00Z", -7 * 24 * (weeks - 1 - week));
    const kind = reacts(week);
    return [
      message(id, { sent_at: sentAt }),
      event(id, "delivered", 5, {}, sentAt),
      ...(kind === undefined ? [] : [event(id, "open", kind === "machine" ? 8 : 5000, kind === "machine" ? machine : {}, sentAt)]),
    ];
  });
}

const habits = [
  // Rules 15 and 21. Opened 10 weekly mails, then only their machine did, for 40 weeks: no longer reads.
  ...weekly("X0120", 50, (week) => (week < 10 ? "human" : "machine")),
  // Rule 15. Never opened any of 30: cannot have stopped.
  ...weekly("X0121", 30, () => undefined),
  // Rule 33. A new subscriber who has not opened three mails yet: still in grace.
  ...weekly("X0122", 3, () => undefined),
  // Rule 33. Has opened none of 40, and bought last week: never suppressed.
  ...weekly("X0123", 40, () => undefined),
];

const everything = [...outcomes, ...clicks, ...habits];
const customers = [...new Set(everything.map(([first]) => String(first?.["customer_id"])))];

export const plantedMessages: PlantedRows = {
  raw_customers: customers.map((id) => account(id, `${id.toLowerCase()}@example.com`, id === "X0122" ? { created_at: "2026-06-10T03:00:00Z" } : {})),
  raw_consents: [
    ...customers.map((id) => consent(id, "opt_in", id === "X0122" ? "2026-06-10T03:00:00Z" : "2025-01-10T03:00:00Z", "sign_up", "email")),
    // Rule 16. Unsubscribed, and subscribed again: no longer gone.
    consent("X0112", "opt_out", "2026-02-01T03:00:00Z", "too_many_messages", "email"),
    consent("X0112", "opt_in", "2026-03-01T03:00:00Z", "preference_center", "email"),
  ],
  raw_campaigns: [
    campaign("XC01", "Planted letters", "newsletter", "email"),
    campaign("XC02", "Planted texts", "promotion", "sms"),
    campaign("XC03", "Planted confirmations", "transactional", "email"),
  ],
  raw_messages: everything.flatMap(([first]) => (first === undefined ? [] : [first])),
  raw_message_events: everything.flatMap(([, ...events]) => events.map((row, index) => ({ event_id: `${String(row["message_id"])}.${index + 1}`, ...row }))),
  raw_orders: [...orders, order("12301", "X0123", "2026-06-22T03:00:00Z")],
  raw_sessions: sessions,
};
