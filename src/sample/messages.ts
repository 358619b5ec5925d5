/**
 * Every message to every recipient: broadcasts to people who agreed, offers to the treatment of an experiment, and flows
 * that an account, an order or a cart sets off. Guests get only the confirmation of their order, at the address they typed.
 */
import { agreesAt } from "./consents.ts";
import { closing, happens, later, opening, text, utc } from "./expressions.ts";
import { messaging } from "./world.ts";

const flowStart = `timestamp ${text(messaging.postPurchaseFlowFrom)}`;

/** `sample_messages`: one row per message, in local time, before what becomes of it. */
export function messageStatements(): readonly string[] {
  return [
    `create or replace temp table sample_messages as
with broadcasts as (
  select campaign_id, n, ${later("started_at", "n || ':sent:' || campaign_id", "second", 0, 2400)} as sent_at, null as trigger_id, channel <> 'in_app' as needs_consent,
    campaign_id || '-' || person_id as message_id
  from sample_habits, sample_campaigns
  where share > 0 and is_addressable and created_at < started_at
    and (channel in ('email', 'sms') or uses_app)
    and ${happens("n || ':' || campaign_id", "share")}
),
offers as (
  select campaign_id, n, ${later("started_at", "n || ':sent:' || campaign_id", "second", 0, 2400)}, null, false, campaign_id || '-' || person_id
  from sample_experiments
  join sample_campaigns using (campaign_id)
  where arm = 'treatment'
),
welcomes as (
  select 'F_WELCOME', n, created_at + interval 12 minute, person_id, true, 'WE-' || person_id
  from sample_habits
  where is_addressable and created_at > ${opening}
),
reminders as (
  select 'F_CART_REMINDER', n, last_activity_at + interval 4 hour, cart_id, true, 'CR-' || cart_id
  from sample_carts
  where is_abandoned and n is not null
),
bought as (
  select * from sample_orders where kind = 'purchase' and n is not null and ordered_at >= ${flowStart}
),
confirmations as (
  select 'F_ORDER_CONFIRMATION', n, ordered_at + interval 2 minute, order_id, false, 'OC-' || order_id from bought where not is_till
),
instructions as (
  select 'F_HOW_TO', n, date_trunc('day', ordered_at) + interval 5 day + interval 10 hour, order_id, true, 'HT-' || order_id from bought where not is_guest
),
review_requests as (
  select 'F_REVIEW_REQUEST', n, date_trunc('day', ordered_at) + interval 14 day + interval 18 hour, order_id, true, 'RR-' || order_id from bought where not is_guest
),
everything as (
  select * from broadcasts union all select * from offers union all select * from welcomes union all select * from reminders
  union all select * from confirmations union all select * from instructions union all select * from review_requests
)
select everything.message_id, everything.campaign_id, campaigns.flow_id, campaigns.channel, campaigns.objective, everything.trigger_id, everything.n,
  people.person_id, people.is_registered, if(people.is_registered, null, people.email) as address, everything.sent_at,
  if(campaigns.has_variants, if(${happens("everything.message_id || ':variant'", 0.5)}, 'a', 'b'), null) as variant,
  case when ${happens("everything.message_id || ':dropped'", messaging.dropped)}
    then sample_pick(everything.message_id || ':why', ['invalid_address', 'rate_limited', 'suppressed']) end as dropped_reason
from everything
join sample_campaigns as campaigns using (campaign_id)
join sample_habits as people on people.n = everything.n
left join sample_answers as answers on answers.n = everything.n and answers.channel = campaigns.channel
where everything.sent_at < ${closing}
  and (not everything.needs_consent or (${agreesAt("everything.sent_at")}))`,
  ];
}

/** The rows of `raw_messages` that come from `sample_messages`. The address stands where no account does. */
export function messageRows(): string {
  return `select message_id, campaign_id, flow_id, variant, channel, if(is_registered, person_id, null) as customer_id,
  address, ${utc("sent_at")} as sent_at, dropped_reason, trigger_id
from sample_messages`;
}
