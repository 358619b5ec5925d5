/**
 * What becomes of messages. People open by their own habit until they fall silent, less once they have left the shop; a
 * share of mail programs opens by itself; a click on the last message stands before a share of the orders.
 */
import { closing, happens, later, text, utc, withCopies } from "./expressions.ts";
import { messaging } from "./world.ts";

const { machineOpen } = messaging;
const reported = `timestamp ${text(messaging.deliveriesReportedFrom)}`;

/** `sample_message_outcomes`: one row per message; `sample_message_events`: one row per event; both in local time. */
export function messageEventStatements(): readonly string[] {
  return [
    // The last message before an order, when it came within four days and the order followed a click on it.
    `create or replace temp table sample_order_clicks as
with orders as (
  select order_id, n, kind, key, ordered_at, ordered_at - to_minutes(sample_whole(key || ':clicked', 3, 40)) as clicked_at
  from sample_orders
  where kind = 'purchase' and not is_till and not is_guest
),
touches as (
  -- Of messages in one second one counts, so that the last one is always the same.
  select n, sent_at + interval 10 minute as ready_at, min(message_id) as message_id
  from sample_messages
  where dropped_reason is null and objective <> 'transactional' and channel <> 'in_app'
  group by all
)
select orders.order_id, orders.n, orders.clicked_at, touches.message_id
from orders
asof join touches on orders.n = touches.n and orders.clicked_at >= touches.ready_at
join sample_habits as habits on habits.n = orders.n
where orders.clicked_at < touches.ready_at + interval 4 day
  and (habits.silent_from is null or orders.clicked_at < habits.silent_from)
  and ${happens("orders.key || ':follows-click'", messaging.orderFollowsClick)}`,
    `create or replace temp table sample_message_outcomes as
with fates as (
  select messages.*, sample_u(message_id || ':fate') as fate, habits.has_mail_privacy, habits.mail_program, habits.click_chance, clicks.order_id as clicked_for_order,
    clicks.clicked_at as order_clicked_at,
    case when sent_at >= habits.silent_from then 0 else habits.open_chance * if(sent_at > habits.left_at, 0.5, 1)
      * case channel when 'email' then 1 when 'push' then 0.45 when 'in_app' then 1.2 else 0 end
      * case objective when 'transactional' then 1.6 when 'winback' then 0.8 else 1 end
      * if(variant = 'b', 1.2, 1) end as opens_with,
    case when sent_at >= habits.silent_from then 0 else 1 end as looks
  from sample_messages as messages
  join sample_habits as habits using (n)
  left join (select message_id, min(order_id) as order_id, min_by(clicked_at, order_id) as clicked_at from sample_order_clicks group by message_id) as clicks using (message_id)
  where messages.dropped_reason is null
),
delivered as (
  select *,
    case when clicked_for_order is not null or channel in ('push', 'in_app') then null
      when fate < ${messaging.bounceHard} then 'bounce_hard' when fate < ${messaging.bounceHard + messaging.bounceSoft} then 'bounce_soft' end as bounce,
    ${later("sent_at", "message_id || ':takes'", "second", 1, 50)} as delivered_at
  from fates
),
opened as (
  select *,
    case when bounce is null and ${happens("message_id || ':opens'", "opens_with")}
      then delivered_at + to_seconds(20 + floor(-ln(sample_u(message_id || ':open-after')) * 18000)::bigint) end as willing_open_at,
    case when bounce is null and channel = 'email' and has_mail_privacy and ${happens("message_id || ':machine'", machineOpen.opens)}
      then ${later("delivered_at", "message_id || ':machine-after'", "second", 2, 90)} end as machine_open_at,
    case when bounce is null and channel = 'email' and ${happens("message_id || ':scanner'", messaging.scannerClick)} then delivered_at + interval 1 second end as scanner_click_at
  from delivered
)
select message_id, n, person_id, is_registered, campaign_id, flow_id, trigger_id, channel, objective, mail_program,
  bounce, delivered_at, machine_open_at, scanner_click_at, clicked_for_order,
  case when order_clicked_at is not null and not ${happens("message_id || ':pictures-off'", 0.04)} and channel <> 'sms'
    then least(coalesce(willing_open_at, order_clicked_at - interval 15 second), order_clicked_at - interval 15 second)
    else willing_open_at end as open_at,
  case when order_clicked_at is not null then order_clicked_at
    when willing_open_at is not null and ${happens("message_id || ':clicks'", "click_chance * if(variant = 'b', 1.3, 1)")} then ${later("willing_open_at", "message_id || ':click-after'", "second", 5, 600)}
    when bounce is null and looks = 1 and ${happens("message_id || ':pictures-off'", 0.002)} then ${later("delivered_at", "message_id || ':click-after'", "minute", 10, 3000)}
    when bounce is null and channel = 'sms' and looks = 1 and ${happens("message_id || ':clicks'", "click_chance * 0.35")} then ${later("delivered_at", "message_id || ':click-after'", "minute", 1, 600)}
  end as click_at
from opened`,
    `create or replace temp table sample_message_events as
with withdrawals as (
  select n, channel, withdrawn_at from sample_answers where has_withdrawn and withdrawal_reason in ('too_many_messages', 'not_relevant') and channel = 'email'
),
unsubscribes as (
  select messages.message_id, withdrawals.withdrawn_at
  from withdrawals
  asof join (
    select n, delivered_at, min(message_id) as message_id from sample_message_outcomes where bounce is null and channel = 'email' group by all
  ) as messages
    on messages.n = withdrawals.n and withdrawals.withdrawn_at >= messages.delivered_at
  where withdrawals.withdrawn_at < messages.delivered_at + interval 30 day
),
events as (
  select message_id, 'd' as letter, 'delivered' as event_type, delivered_at as occurred_at, null as agent, null as machine_reason, null as link from sample_message_outcomes
  where bounce is null and (channel = 'sms' or (channel = 'email' and delivered_at >= ${reported}))
  union all
  select message_id, 'b', bounce, delivered_at, null, null, null from sample_message_outcomes where bounce is not null
  union all
  -- Some soft bounces are tried again, and bounce again.
  select message_id, 'b2', bounce, delivered_at + interval 1 hour, null, null, null from sample_message_outcomes where bounce = 'bounce_soft' and ${happens("message_id || ':again'", 0.4)}
  union all
  select message_id, 'm', 'open', machine_open_at, 'Mozilla/5.0', if(${happens("message_id || ':flagged'", 0.8)}, 'apple_mpp', 'unsaid'), null from sample_message_outcomes where machine_open_at is not null
  union all
  select message_id, 'x', 'click', scanner_click_at, 'LinkScanner/2.1', 'unsaid', 'home' from sample_message_outcomes where scanner_click_at is not null
  union all
  select message_id, 'o', 'open', open_at, if(channel = 'email', mail_program, 'ShopApp'), null, null from sample_message_outcomes where open_at is not null
  union all
  select message_id, 'o2', 'open', ${later("open_at", "message_id || ':reopens-after'", "minute", 5, 5000)}, if(channel = 'email', mail_program, 'ShopApp'), null, null
  from sample_message_outcomes where open_at is not null and ${happens("message_id || ':reopens'", 0.18)}
  union all
  select message_id, 'c', 'click', click_at, if(channel in ('email', 'sms'), mail_program, 'ShopApp'), null, if(objective = 'cart_recovery', 'cart', sample_pick(message_id || ':link', ['home', 'sale', 'product', 'product']))
  from sample_message_outcomes where click_at is not null
  union all
  select message_id, 'v' || row_number() over (partition by message_id order by ordered_at, order_id), 'conversion', ordered_at, null, null, null
  from sample_order_clicks join sample_orders using (order_id) where ${happens("order_id || ':reported'", 0.5)}
  union all
  select message_id, 'u', 'unsubscribe', withdrawn_at, null, null, null from unsubscribes
  union all
  select message_id, 's', 'spam', ${later("delivered_at", "message_id || ':complains-after'", "minute", 1, 600)}, null, null, null
  from sample_message_outcomes where bounce is null and channel = 'email' and ${happens("message_id || ':complains'", messaging.spam)}
  union all
  select message_id, 'k', 'block', ${later("delivered_at", "message_id || ':blocks-after'", "minute", 1, 600)}, null, null, null
  from sample_message_outcomes where bounce is null and channel in ('email', 'sms') and ${happens("message_id || ':blocks'", messaging.block)}
)
select * from events where occurred_at < ${closing}`,
  ];
}

/** The rows of `raw_message_events` that come from `sample_message_events`. Several orders may convert one message. */
export function messageEventRows(): string {
  return `select message_id || '.' || letter as event_id, message_id, event_type, ${utc("occurred_at")} as occurred_at,
  case when link is not null then 'https://shop.example/' || link end as url, agent as user_agent,
  case when machine_reason = 'apple_mpp' then true end as is_machine, nullif(machine_reason, 'unsaid') as machine_reason
from ${withCopies("sample_message_events", "message_id", "letter = 'o'")}`;
}
