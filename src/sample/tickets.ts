/** Conversations with support: about goods that came back, late deliveries, and now and then anything else. */
import { closing, happens, later, opening, pickByShare, textList, utc } from "./expressions.ts";

/** `sample_tickets`: one row per ticket, in local time. Who is about to leave complains more often. */
export function ticketStatements(): readonly string[] {
  return [
    `create or replace temp table sample_tickets as
with about_refunds as (
  select orders.n, orders.person_id, refunds.order_id, refunds.refund_id as key, refunds.refunded_at - interval 30 hour as opened_at,
    case refunds.reason when 'late_delivery' then 'delivery' when 'changed_mind' then 'return' else 'product' end as topic
  from sample_refunds as refunds
  join sample_orders as orders using (order_id)
  where orders.n is not null and not refunds.is_cancellation and ${happens("refunds.refund_id || ':writes'", 0.6)}
),
about_orders as (
  select n, person_id, order_id, key, ${later("ordered_at", "key || ':complains'", "hour", 24, 200)} as opened_at,
    ${pickByShare(
      "sample_u(key || ':topic')",
      [
        ["'delivery'", 0.5],
        ["'product'", 0.25],
        ["'payment'", 0.15],
      ],
      "'account'",
    )} as topic
  from sample_orders
  left join (select n, max(left_at) as left_at from sample_habits group by n) using (n)
  where kind = 'purchase' and n is not null and not is_guest and ${happens("key || ':trouble'", "if(ordered_at = left_at, 0.14, 0.05)")}
),
everything as (
  select * from about_refunds union all select * from about_orders
),
answered as (
  select *, 'T' || substr(md5('ticket:' || key || topic), 1, 12) as ticket_id, ${later("opened_at", "key || ':reply'", "minute", 4, 2200)} as first_reply_at,
    case when not ${happens("key || ':unsolved'", 0.06)} then ${later("opened_at", "key || ':solved'", "hour", 38, 140)} end as solved_at
  from everything
)
select *, sample_pick(key || ':asks', ${textList(["email", "chat", "chat", "phone", "app"])}) as channel,
  case when solved_at is not null and ${happens("key || ':rates'", 0.55)} then greatest(1, 5 - floor(5 * pow(sample_u(key || ':satisfied'), 2))::integer) end as satisfaction
from answered
where opened_at >= ${opening} and opened_at < ${closing}`,
  ];
}

/** The rows of `raw_tickets` that come from `sample_tickets`: what lies after the extract is not yet known. */
export function ticketRows(): string {
  const known = (column: string): string => utc(`case when ${column} < ${closing} then ${column} end`);
  return `select ticket_id, person_id as customer_id, order_id, ${utc("opened_at")} as opened_at, ${known("first_reply_at")} as first_reply_at,
  ${known("solved_at")} as solved_at, channel, topic, case when solved_at < ${closing} then satisfaction end as satisfaction
from sample_tickets`;
}
