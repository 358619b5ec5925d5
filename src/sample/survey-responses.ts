/** Answers to surveys: would you recommend us (NPS), how was the order or the help (CSAT), and why do you leave. */
import { closing, happens, later, pickByShare, utc } from "./expressions.ts";

/** The rows of `raw_survey_responses`. Customers on their last order recommend the shop less. */
export function surveyResponseRows(): string {
  const score = (key: string, unhappy: string): string => `case when ${unhappy} then floor(10.99 * pow(sample_u(${key} || ':score'), 1.1))
    else 10 - floor(10.99 * pow(sample_u(${key} || ':score'), 2.6)) end::integer`;
  return `with nps as (
  select 'N' || order_id as response_id, 'recommend' as question, person_id, 'nps' as survey_type, ${score("key", "ordered_at = left_at")} as score, null as choice,
    ${pickByShare(
      "sample_u(key || ':about')",
      [
        ["'price'", 0.25],
        ["'delivery'", 0.2],
        ["'quality'", 0.3],
      ],
      "null",
    )} as text_category,
    ${later("ordered_at", "key || ':answers'", "hour", 170, 300)} as answered_at, order_id, null as ticket_id
  from sample_orders
  join (select n, left_at from sample_habits where is_addressable) using (n)
  where kind = 'purchase' and not is_guest and ${happens("key || ':nps'", 0.16)}
),
reviews as (
  select 'V' || substr(message_id, 4), 'review', messages.person_id, 'csat', greatest(1, 5 - floor(5 * pow(sample_u(message_id || ':stars'), 2.2))::integer), null, 'product',
    click_at + to_minutes(sample_whole(message_id || ':writes', 2, 60)), trigger_id, null
  from sample_message_outcomes as messages
  where flow_id = 'review_request' and click_at is not null and ${happens("message_id || ':reviews'", 0.7)}
),
help as (
  select 'H' || substr(ticket_id, 2), 'help', person_id, 'csat', satisfaction, null, topic, solved_at + interval 3 hour, order_id, ticket_id
  from sample_tickets
  where satisfaction is not null
),
cancellations as (
  select 'C' || person_id || '-' || period, 'reason', person_id, 'churn_reason', null, cancel_reason,
    case cancel_reason when 'too_expensive' then 'price' when 'competitor' then 'competition' when 'service' then 'service' else 'need' end,
    cancel_requested_at + interval 5 minute, null, null
  from sample_subscriptions
  where has_ended and end_type = 'voluntary' and ${happens("key || ':says-why'", 0.6)}
),
removals as (
  select 'D' || device_id, 'reason', person_id, 'churn_reason', null,
    sample_pick(device_id || ':why', ['too_many_messages', 'not_used', 'bugs', 'storage', 'competitor']), 'app', removed_at + interval 1 day, null, null
  from sample_devices
  where removed_at > installed_at and returned_at is null and ${happens("device_id || ':says-why'", 0.12)}
),
everything as (
  select * from nps union all select * from reviews union all select * from help union all select * from cancellations union all select * from removals
)
select response_id, question, person_id as customer_id, survey_type, score, choice, text_category, ${utc("answered_at")} as answered_at, order_id, ticket_id
from everything
where answered_at < ${closing}`;
}
