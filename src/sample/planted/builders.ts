/** What the hand-written rows have in common, so that each says only what is special about it. */
import type { Row } from "./rows.ts";

/** When the accounts were made, if nothing else is said. */
export const opened = "2025-01-10T03:00:00Z";

/** A web account of a Korean customer, unless said otherwise. */
export function account(id: string, email: string | null, said: Row = {}): Row {
  return {
    customer_id: id,
    source: "web",
    email,
    first_name: "보기",
    last_name: "김",
    country: "KR",
    created_at: opened,
    updated_at: said.created_at ?? opened,
    first_source: "naver",
    first_medium: "organic",
    is_test: false,
    is_deleted: false,
    ...said,
  };
}

/** A paid web order of 50,000 won. */
export const order = (id: string, customer: string | null, orderedAt: string, said: Row = {}): Row => ({
  order_id: `X${id}`,
  customer_id: customer,
  ordered_at: orderedAt,
  status: "delivered",
  channel: "web",
  currency: "KRW",
  gross: 50_000,
  discount: 0,
  shipping: 0,
  tax: 0,
  is_first_party_test: false,
  ...said,
});

export const consent = (customer: string, status: "opt_in" | "opt_out", at: string, reason = "sign_up", channel = "ads"): Row => ({
  customer_id: customer,
  channel,
  status,
  changed_at: at,
  reason,
});

/** A moment some hours before or after another one. */
export const hoursFrom = (moment: string, hours: number): string => `${new Date(Date.parse(moment) + hours * 3_600_000).toISOString().slice(0, 19)}Z`;
