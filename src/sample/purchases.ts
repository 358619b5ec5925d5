/**
 * Orders and refunds. `sample_orders` follows the purchase process of `world.ts` for every buyer; around it stand the
 * orders that are none (cancelled, unpaid, test) and those of nobody known, so that the process itself stays exact.
 */
import { closing, gamma, happens, opening, text, textList, timeOfDay, utc, withCopies } from "./expressions.ts";
import { sloppyEmail } from "./people.ts";
import { behaviour, calendar, gammaGamma, shares } from "./world.ts";

const day = 86_400;

/** `sample_purchases`: the purchase process alone; `leaves` marks the purchase after which a customer is gone for good. */
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
  from (select *, unnest(range(0, (13 + ceil(expected + 6 * sqrt(expected)))::bigint)) as place from exposure)
),
timeline as (
  select *, start_seconds + sum(gap_seconds) over (partition by n order by place) as seconds from candidates
)
select n, place, 'purchase' as kind, place = repeats_until_gone as leaves,
  date_trunc('day', ${opening} + to_seconds(seconds::bigint)) + ${timeOfDay(`n || ':' || place`)} as ordered_at
from timeline
where place <= repeats_until_gone
  and seconds >= 0
  and ${opening} + to_seconds(seconds::bigint) < ${closing}`,
  ];
}

/** `sample_orders` and `sample_refunds`: the process, what experiments added to it, and the orders that are none. */
export function orderStatements(): readonly string[] {
  const anywhere = textList(["web", "web", "app", "app", "store"]);
  return [
    `create or replace temp table sample_orders as
with kinds as (
  select * exclude (leaves) from sample_purchases
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
keyed as (
  select *, coalesce(n, -1) || ':' || place || ':' || kind as key from kinds
),
habitual as (
  select keyed.*, habits.person_id, habits.email as person_email, coalesce(habits.coupon_chance, ${shares.coupon}) as coupon_chance,
    case when ordered_at < habits.moved_at then 'store' when habits.moved_at is not null then 'web'
      when ${happens("key || ':liked-channel'", behaviour.buysAtLikedChannel)} then habits.likes_channel
      else sample_pick(key || ':channel', ${anywhere}) end as wanted_channel,
    coalesce(not people.is_registered or (people.is_sometimes_guest and sample_u(key || ':signed-out') < 0.5), false) as is_guest,
    ${gammaGamma.v} / coalesce(habits.taste, ${gamma("key || ':taste'", gammaGamma.q)}) as value_scale
  from keyed
  left join sample_habits as habits using (n)
  left join sample_people as people using (n)
),
priced as (
  select *, case when kind = 'zero' then 0
    else greatest(round(${gamma("key || ':value'", gammaGamma.p)} * value_scale / 100), 10) * 100 end::bigint as value
  from habitual
),
discounted as (
  select *, case when kind <> 'zero' and sample_u(key || ':coupon') < coupon_chance
      then sample_pick(key || ':code', ${textList(["WELCOME10", "SPRING15", "APP5000", "VIP20"])}) end as coupon_code,
    case kind when 'cancelled_by_refund' then 'cancellation'
      when 'purchase' then case when sample_u(key || ':returned') < ${shares.fullReturn} then 'full'
        when sample_u(key || ':returned') < ${shares.fullReturn + shares.partialRefund} then 'partial' end end as refund_kind
  from priced
),
placed as (
  select *, case when kind = 'nobody' then 'store' when is_guest then 'web'
    else wanted_channel end as channel
  from discounted
)
select printf('O%07d', row_number() over (order by ordered_at, key)) as order_id, *,
  channel = 'store' as is_till,
  case coupon_code when 'WELCOME10' then round(value / 900.0) * 100 when 'SPRING15' then round(value * 0.15 / 85) * 100
    when 'VIP20' then round(value / 400.0) * 100 when 'APP5000' then 5000 else 0 end::bigint as discount
from placed`,
    `create or replace temp table sample_refunds as
with parts as (
  select order_id, ordered_at, value, refund_kind, part, key || ':refund:' || part as key
  from (
    select *, unnest(case when refund_kind = 'partial' and sample_u(key || ':parts') < 0.15 then [1, 2] else [1] end) as part
    from sample_orders where refund_kind is not null
  )
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
  return `with states as (
  select *, case kind when 'cancelled' then 'cancelled' when 'unpaid' then if(sample_u(key || ':failed') < 0.4, 'failed', 'pending')
      else case refund_kind when 'full' then 'refunded' when 'partial' then 'partially_refunded'
        else if(ordered_at > timestamp ${text(calendar.asOf)} - interval 2 day, 'paid', 'delivered') end end as status
  from sample_orders
  union all by name
  select *, 'pending' as status from sample_orders where kind = 'purchase' and sample_u(key || ':earlier-state') < ${shares.duplicateRow / 2}
),
repeated as (
  select * from ${withCopies("states", "key")}
)
select
  order_id,
  case when not is_guest then person_id end as customer_id,
  case when is_guest or (not is_till and sample_u(key || ':wrote-email') < 0.6) then ${sloppyEmail("key", "person_email")} end as email,
  ${utc("ordered_at")} as ordered_at,
  status,
  channel,
  case when is_till then sample_pick(key || ':store', ${textList(["ST01", "ST02", "ST03", "ST04"])}) end as store_id,
  'KRW' as currency,
  value + discount as gross,
  discount,
  case when is_till or value >= 50000 or value = 0 then 0 else 3000 end as shipping,
  round(value / 11.0)::bigint as tax,
  coupon_code,
  kind = 'test' as is_first_party_test,
  case when not is_till then ${sessionOfOrder("order_id")} end as session_id
from repeated`;
}

/** Every order of web and app ends a session of its own. */
export const sessionOfOrder = (orderId: string): string => `'S' || substr(${orderId}, 2)`;

/** The rows of `raw_refunds` that come from `sample_refunds`. */
export function refundRows(): string {
  return `select refund_id, order_id, ${utc("refunded_at")} as refunded_at, amount, reason, is_cancellation
from sample_refunds
where refunded_at < ${closing}`;
}
