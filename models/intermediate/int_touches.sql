-- Every moment at which somebody reacted to a message or came to site or app. Machines do not react.
with reactions as (
  select
    events.event_id as touch_id,
    recipients.customer_id,
    events.occurred_at as touched_at,
    recipients.channel,
    events.event_type as touch_type,
    recipients.campaign_id,
    events.message_id,
    recipients.is_transactional
  from {{ref "stg_message_events"}} as events
  join {{ref "int_message_recipient"}} as recipients using (message_id)
  where events.event_type in ('open', 'click') and not events.is_machine and recipients.customer_id is not null
),

visits as (
  select
    session_id as touch_id,
    customer_id,
    started_at as touched_at,
    channel_group as channel,
    campaign as campaign_id,
    channel_group in ('Email', 'SMS', 'Mobile Push Notifications') as is_from_message
  from {{ref "int_sessions_channelled"}}
  where customer_id is not null
),

-- A visit that a click on a message began is that click again.
visits_after_clicks as (
  select visits.touch_id
  from visits
  asof join (
    select customer_id, touched_at from reactions where touch_type = 'click'
  ) as clicks on clicks.customer_id = visits.customer_id and visits.touched_at >= clicks.touched_at
  where visits.is_from_message
    and visits.touched_at <= clicks.touched_at + to_minutes(cast({{var "click_to_session_minutes"}} as bigint))
),

touches as (
  select
    touch_id,
    customer_id,
    touched_at,
    channel,
    touch_type,
    campaign_id,
    message_id,
    case
      when is_transactional then 'transactional'
      when not list_contains({{> text_list values=(var "touch_kinds")}}, channel || '_' || touch_type) then 'kind'
    end as ineligible_reason
  from reactions
  union all
  select
    touch_id,
    customer_id,
    touched_at,
    channel,
    'session',
    campaign_id,
    null,
    case
      when touch_id in (select touch_id from visits_after_clicks) then 'click_counts_already'
      when not list_contains({{> text_list values=(var "touch_kinds")}}, 'session') then 'kind'
    end
  from visits
)

select
  touch_type || ':' || touch_id as touch_id,
  customer_id,
  touched_at as "at",
  cast(touched_at as date) as on_day,
  channel,
  touch_type,
  campaign_id,
  message_id,
  ineligible_reason is null as eligible,
  ineligible_reason
from touches
