/**
 * Orders and refunds. `sample_orders` follows the purchase process of `world.ts` for every buyer; around it stand the
 * orders that are none (cancelled, unpaid, test) and those of nobody known, so that the process itself stays exact.
 */
import { gamma, text, textList, utcText } from "./expressions.ts";
import { sloppyEmail } from "./people.ts";
import { calendar, gammaGamma, shares } from "./world.ts";

const day = 86_400;
const opening = `timestamp ${text(calendar.firstDay)}`;
const closing = `(timestamp ${text(calendar.lastDay)} + interval 1 day)`;
const utc = (local: string): string => utcText(local, calendar.utcOffsetHours);

/** A moment of the day with a night valley: one order in eight falls anywhere, the others from 9 to 24 h. */
const timeOfDay = (key: string): string =>
  `to_seconds(case when sample_u(${key} || ':awake') < 0.125 then sample_whole(${key} || ':clock', 0, ${day - 1})
    else sample_whole(${key} || ':clock', ${9 * 3600}, ${day - 1}) end)`;

/** `sample_orders`: (person, order number within the person, kind, local time, value, ...), not yet numbered or spelled. */
export function purchaseStatements(): readonly string[] {
  return [
    `create or replace temp table sample_purchases as
with exposure as (
  select n, orders_per_day, leave_probability, start_seconds,
    greatest(date_diff('second', ${opening} + to_seconds(start_seconds), ${closing}) / ${day}.0, 0) * orders_per_day as expected,
    1 + floor(ln(sample_u(n || ':lifetime')) / ln(1 - least(greatest(leave_probability, 1e-9), 1 - 1e-9))) as repeats_until_gone
  from sample_people where is_buyer
),
candidates as (
  select n, start_seconds, repeats_until_gone, place,
    case when place = 0 then 0
      else least(ceil(-ln(sample_u(n || ':gap:' || place)) / orders_per_day * ${day}), 1e10) end::bigint as gap_seconds
  from exposure, unnest(range(0, (13 + ceil(expected + 6 * sqrt(expected)))::bigint)) as places(place)
),
timeline as (
  select *, start_seconds + sum(gap_seconds) over (partition by n order by place) as seconds from candidates
)
select n, place, 'purchase' as kind,
  date_trunc('day', ${opening} + to_seconds(seconds::bigint)) + ${timeOfDay(`n || ':' || place`)} as ordered_at
from timeline
where place <= repeats_until_gone
  and seconds >= 0
  and ${opening} + to_seconds(seconds::bigint) < ${closing}`,
    `create or replace temp table sample_orders as
with kinds as (
  select * from sample_purchases
  union all
  select n, 1000 + place, other.kind,
    case other.kind when 'zero' then ordered_at + interval 5 second
      else ${opening} + to_days(sample_whole(n || ':day:' || other.kind || place,
        greatest(date_diff('day', ${opening}, ordered_at), 0), date_diff('day', ${opening}, ${closing}) - 1)::integer)
        + ${timeOfDay(`n || ':extra:' || other.kind || place`)} end
  from sample_purchases, (values ('cancelled', ${shares.cancelledOrder}), ('cancelled_by_refund', ${shares.cancelledByRefund}),
    ('unpaid', ${shares.unpaidOrder}), ('test', ${shares.testOrder}), ('zero', ${shares.zeroOrder})) as other(kind, share)
  where sample_u(n || ':' || place || ':' || other.kind) < other.share
  union all
  select null, place, 'nobody', ${opening} + to_days(sample_whole('nobody:day:' || place, 0, 729)::integer) + ${timeOfDay(`'nobody:' || place`)}
  from range(0, (select ceil(count(*) * ${shares.unknownCustomer})::bigint from sample_purchases)) as places(place)
),
priced as (
  select kinds.*, coalesce(n, -1) || ':' || place || ':' || kind as key,
    case when kind = 'zero' then 0 else greatest(round(
      ${gamma(`coalesce(n, -1) || ':' || place || ':' || kind || ':value'`, gammaGamma.p)}
      / (${gamma(`coalesce(n, -place - 1) || ':taste'`, gammaGamma.q)}) * ${gammaGamma.v} / 100), 10) * 100 end::bigint as value
  from kinds
),
discounted as (
  select *, case when kind <> 'zero' and sample_u(key || ':coupon') < ${shares.coupon}
      then sample_pick(key || ':code', ${textList(["WELCOME10", "SPRING15", "APP5000", "VIP20"])}) end as coupon_code,
    case kind when 'cancelled_by_refund' then 'cancellation'
      when 'purchase' then case when sample_u(key || ':returned') < ${shares.fullReturn} then 'full'
        when sample_u(key || ':returned') < ${shares.fullReturn + shares.partialRefund} then 'partial' end end as refund_kind
  from priced
)
select printf('O%07d', row_number() over (order by ordered_at, key)) as order_id, *,
  case coupon_code when 'WELCOME10' then round(value / 900.0) * 100 when 'SPRING15' then round(value * 0.15 / 85) * 100
    when 'VIP20' then round(value / 400.0) * 100 when 'APP5000' then 5000 else 0 end::bigint as discount
from discounted`,
    `create or replace temp table sample_refunds as
with parts as (
  select order_id, ordered_at, value, refund_kind, part, key || ':refund:' || part as key
  from sample_orders, unnest(case when refund_kind = 'partial' and sample_u(key || ':parts') < 0.15 then [1, 2] else [1] end) as pieces(part)
  where refund_kind is not null
)
select 'R' || substr(order_id, 2) || '-' || part as refund_id, order_id,
  ordered_at + case refund_kind when 'cancellation' then to_minutes(sample_whole(key || ':minutes', 5, 600))
    else to_hours(sample_whole(key || ':hours', 70, 900)) end as refunded_at,
  case refund_kind when 'partial' then greatest(round(value * (0.1 + 0.3 * sample_u(key || ':part')) / 100), 1) * 100 else value end::bigint as amount,
  case refund_kind when 'cancellation' then 'changed_mind'
    else sample_pick(key || ':reason', ${textList(["wrong_size", "damaged", "late_delivery", "not_as_described", "changed_mind"])}) end as reason,
  refund_kind = 'cancellation' as is_cancellation
from parts`,
  ];
}

/** The rows of `raw_orders` that come from `sample_orders`, with duplicates and earlier states of the same order. */
export function orderRows(): string {
  return `with spelled as (
  select orders.*, people.person_id, people.email as person_email,
    sample_pick(key || ':channel', ${textList(["web", "web", "app", "app", "store"])}) as channel,
    coalesce(not people.is_registered or (people.is_sometimes_guest and sample_u(key || ':signed-out') < 0.5), false) as is_guest
  from sample_orders as orders
  left join sample_people as people using (n)
),
states as (
  select *, case kind when 'cancelled' then 'cancelled' when 'unpaid' then if(sample_u(key || ':failed') < 0.4, 'failed', 'pending')
      else case refund_kind when 'full' then 'refunded' when 'partial' then 'partially_refunded'
        else if(ordered_at > timestamp ${text(calendar.asOf)} - interval 2 day, 'paid', 'delivered') end end as status
  from spelled
  union all by name
  select *, 'pending' as status from spelled where kind = 'purchase' and sample_u(key || ':earlier-state') < ${shares.duplicateRow / 2}
),
repeated as (
  select states.* from states, unnest(case when sample_u(key || ':copied') < ${shares.duplicateRow} then [1, 2] else [1] end) as copies(copy)
)
select
  order_id,
  case when kind <> 'nobody' and not is_guest then person_id end as customer_id,
  case when is_guest or (channel <> 'store' and kind <> 'nobody' and sample_u(key || ':wrote-email') < 0.6)
    then ${sloppyEmail("key", "person_email")} end as email,
  ${utc("ordered_at")} as ordered_at,
  status,
  case when kind = 'nobody' then 'store' when is_guest then 'web' else channel end as channel,
  case when kind = 'nobody' or (channel = 'store' and not is_guest) then sample_pick(key || ':store', ${textList(["ST01", "ST02", "ST03", "ST04"])}) end as store_id,
  'KRW' as currency,
  value + discount as gross,
  discount,
  case when channel = 'store' or value >= 50000 or value = 0 then 0 else 3000 end as shipping,
  round(value / 11.0)::bigint as tax,
  coupon_code,
  kind = 'test' as is_first_party_test,
  case when kind = 'nobody' or (channel = 'store' and not is_guest) then null else 'S' || substr(md5(key), 1, 7) end as session_id
from repeated`;
}

/** The rows of `raw_refunds` that come from `sample_refunds`. */
export function refundRows(): string {
  return `select refund_id, order_id, ${utc("refunded_at")} as refunded_at, amount, reason, is_cancellation
from sample_refunds
where refunded_at < ${closing}`;
}
