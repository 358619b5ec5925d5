/**
 * Visits to site and app. Every online order ends a session; every human click on a message begins one; known people come
 * by now and then, first as nobody known; and most visitors stay unknown and leave at once.
 */
import { closing, happens, opening, pickByShare, text, textList, timeOfDay, utc } from "./expressions.ts";
import { sessionOfOrder } from "./purchases.ts";

/** source | medium | campaign | referrer, as a tag or the browser tells it. */
const sources: readonly (readonly [source: string, share: number])[] = [
  [text("(direct)|(none)||"), 0.28],
  [text("naver|organic||search.naver.com"), 0.18],
  [text("google|organic||www.google.com"), 0.14],
  [text("google|cpc|brand|www.google.com"), 0.07],
  [text("google|cpc|non_brand|www.google.com"), 0.07],
  [text("facebook|paid_social|spring_sale|m.facebook.com"), 0.06],
  [text("instagram|paid_social|new_arrivals|l.instagram.com"), 0.07],
  [text("instagram|social||l.instagram.com"), 0.04],
  [text("youtube|video||www.youtube.com"), 0.02],
  [text("kakao|referral||story.kakao.com"), 0.03],
];
const source = (key: string): string => pickByShare(`sample_u(${key} || ':source')`, sources, text("beautyblog|referral||beautyblog.example"));

const outbound = textList(["instagram.com", "youtube.com", "pay.example", "carrier.example"]);

/** `sample_visits`: sessions of people and strangers who neither order nor come from a message. */
export function visitStatements(): readonly string[] {
  return [
    `create or replace temp table sample_visits as
with acquainted as (
  select n, visit, n || ':visit:' || visit as key, person_id, uses_app, is_registered, created_at, 'A' || person_id as anonymous_id,
    case when visit = 0 then created_at - to_minutes(sample_whole(n || ':arrived', 2, 50))
      else date_trunc('day', created_at + to_seconds(floor(sample_u(n || ':visit-day:' || visit) * greatest(date_diff('second', created_at, around_until), 0))::bigint))
        + ${timeOfDay("n || ':visit:' || visit")} end as started_at,
    if(visit = 0, acquisition || '|', ${source("n || ':visit:' || visit")}) as origin
  from (select *, unnest(range(0, (1 + floor(3.2 * sample_u(n || ':visits')))::bigint)) as visit from sample_habits)
),
strangers as (
  select place, 'stranger:' || place as key, ${opening} + to_days(sample_whole('stranger-day:' || place, 0, date_diff('day', ${opening}, ${closing}) - 1)::integer)
    + ${timeOfDay("'stranger:' || place")} as started_at, ${source("'stranger:' || place")} as origin
  from range(0, (select count(*) * 3 // 2 from sample_people)) as places(place)
),
visits as (
  select 'SV' || person_id || '-' || visit as session_id, n, key, if(visit = 0 or not is_registered or sample_u(key || ':signed-out') < 0.3, null, person_id) as customer_id,
    anonymous_id, started_at, origin, uses_app and visit > 0 and sample_u(key || ':app') < 0.45 as is_app, sample_u(key || ':bounces') < 0.25 as bounces
  from acquainted
  where started_at >= ${opening} and started_at < ${closing}
  union all
  select printf('SX%07d', place), null, key, null, printf('Z%07d', place), started_at, origin, false, sample_u(key || ':bounces') < 0.55 from strangers
)
select *, if(bounces, 'landing', ${pickByShare(
      "sample_u(key || ':furthest')",
      [
        ["'landing'", 0.28],
        ["'product'", 0.46],
        ["'cart'", 0.14],
        ["'checkout'", 0.08],
      ],
      "'payment'",
    )}) as furthest_step
from visits`,
  ];
}

/** The rows of `raw_sessions`: visits, sessions that clicks on messages began, those that orders ended, and those that left a cart to come back to. */
export function sessionRows(): string {
  const online = `channel <> 'in_app'`;
  return `with of_orders as (
  select orders.order_id, ${sessionOfOrder("orders.order_id")} as session_id, orders.n, orders.key, if(orders.is_guest, null, orders.person_id) as customer_id,
    orders.ordered_at, orders.channel, coalesce(clicks.clicked_at + interval 5 second, orders.ordered_at - to_minutes(sample_whole(orders.key || ':browses', 2, 28))) as started_at,
    case when clicks.message_id is not null then if(messages.channel = 'email', 'newsletter', messages.channel) || '|' || if(messages.channel = 'email', 'email', messages.channel) || '|' || messages.campaign_id || '|'
      when habits.first_order_at = orders.ordered_at and not habits.acquisition like 'newsletter%' then habits.acquisition || '|'
      else ${source("orders.key")} end as origin,
    case when orders.kind = 'unpaid' then 'payment' else 'purchase' end as furthest_step
  from sample_orders as orders
  join sample_habits as habits using (n)
  left join sample_order_clicks as clicks using (order_id)
  left join sample_messages as messages using (message_id)
  where not orders.is_till
),
of_clicks as (
  select 'SC' || message_id as session_id, n, message_id as key, if(is_registered, person_id, null) as customer_id, click_at + interval 4 second as started_at, channel,
    if(channel = 'email', 'newsletter', channel) || '|' || if(channel = 'email', 'email', channel) || '|' || campaign_id || '|' as origin,
    case when ${happens("message_id || ':stays'", 0.6)} then 'product' else 'landing' end as furthest_step
  from sample_message_outcomes
  where click_at is not null and clicked_for_order is null and ${online}
),
of_forgotten_carts as (
  select carts.session_id, carts.cart_id as key, habits.person_id as customer_id, 'A' || habits.person_id as anonymous_id,
    carts.created_at - to_minutes(sample_whole(carts.cart_id || ':browses', 1, 12)) as started_at, carts.last_activity_at as ended_at,
    if(habits.uses_app and sample_u(carts.cart_id || ':app') < 0.45, 'app', 'web') as platform, ${source("carts.cart_id")} as origin, 'cart' as furthest_step
  from sample_carts as carts
  join sample_habits as habits using (n)
  where carts.cart_id like 'CA%'
),
everything as (
  select session_id, key, customer_id, 'A' || lpad(n::varchar, 7, '0') as anonymous_id, started_at, ordered_at as ended_at, if(channel = 'app', 'app', 'web') as platform, origin, furthest_step from of_orders
  union all
  select session_id, key, customer_id, 'A' || lpad(n::varchar, 7, '0'), started_at, null, if(channel = 'push', 'app', 'web'), origin, furthest_step from of_clicks
  union all
  select session_id, key, customer_id, anonymous_id, started_at, null, if(is_app, 'app', 'web'), origin, furthest_step from sample_visits
  union all
  select session_id, key, customer_id, anonymous_id, started_at, ended_at, platform, origin, furthest_step from of_forgotten_carts
),
measured as (
  select *, case furthest_step when 'landing' then if(${happens("key || ':reads'", 0.3)}, 2, 1) else sample_whole(key || ':pages', 2, 9) + if(furthest_step = 'purchase', 4, 0) end as page_views,
    coalesce(date_diff('second', started_at, ended_at), case furthest_step when 'landing' then sample_whole(key || ':seconds', 1, 14) else sample_whole(key || ':seconds', 15, 900) end) as seconds
  from everything
)
select session_id, customer_id, anonymous_id, ${utc("started_at")} as started_at, ${utc("started_at + to_seconds(seconds)")} as ended_at, platform,
  split_part(origin, '|', 1) as source, split_part(origin, '|', 2) as medium, nullif(split_part(origin, '|', 3), '') as campaign, nullif(split_part(origin, '|', 4), '') as referrer,
  sample_pick(key || ':landing', ['/', '/', '/sale', '/new', '/c/skincare', '/c/makeup', '/blog/routine']) as landing_page,
  case furthest_step when 'purchase' then '/thank-you' when 'payment' then '/payment' when 'checkout' then '/checkout' when 'cart' then '/cart'
    else sample_pick(key || ':exit', ['/', '/sale', '/c/skincare', '/c/makeup', '/faq']) end as exit_page,
  case when ${happens("key || ':leaves-by-link'", 0.06)} then sample_pick(key || ':outbound', ${outbound}) end as outbound_domain,
  page_views, floor(seconds * (0.4 + 0.5 * sample_u(key || ':engaged')))::bigint as engaged_seconds,
  case furthest_step when 'purchase' then 3 when 'payment' then 2 when 'checkout' then 2 when 'cart' then 1 else 0 end as key_events, furthest_step
from measured
where started_at < ${closing}`;
}

/** The rows of `raw_identity_links`: browsers whose owner signed in once, and cards of the loyalty programme. */
export function identityLinkRows(): string {
  return `select 'browser' as source, 'A' || person_id as source_id, person_id as customer_id, 'sign_in' as method, ${utc("created_at")} as valid_from
from sample_habits
where is_registered and ${happens("n || ':signs-in'", 0.7)} and created_at < ${closing}
union all
select 'loyalty_card', 'L' || person_id, person_id, 'card', ${utc("joined_at")}
from sample_members`;
}
