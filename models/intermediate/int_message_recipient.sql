with messages as (
  select messages.*, campaigns.objective is not distinct from 'transactional' as is_transactional
  from {{ref "stg_messages"}} as messages
  left join {{ref "stg_campaigns"}} as campaigns using (campaign_id)
),

outcomes as (
  select
    message_id,
    bool_or(event_type = 'delivered') as has_delivery,
    bool_or(event_type = 'bounce_hard') as has_hard_bounce,
    bool_or(event_type = 'bounce_soft') as has_soft_bounce,
    min(occurred_at) filter (where event_type in ('bounce_hard', 'bounce_soft')) as first_bounce_at,
    max(occurred_at) filter (where event_type = 'delivered') as last_delivery_at,
    count(*) filter (where event_type = 'open') as opens,
    count(*) filter (where event_type = 'open' and is_machine) as machine_opens,
    min(occurred_at) filter (where event_type = 'open' and not is_machine) as first_human_open_at,
    min(occurred_at) filter (where event_type = 'open' and is_machine) as first_machine_open_at,
    count(*) filter (where event_type = 'click' and not is_machine) as clicks,
    count(*) filter (where event_type = 'click' and is_machine) as machine_clicks,
    min(occurred_at) filter (where event_type = 'click' and not is_machine) as first_click_at,
    max(occurred_at) filter (where event_type in ('open', 'click') and not is_machine) as last_engaged_at,
    min(occurred_at) filter (where event_type in ('open', 'click')) as first_response_at,
    min(occurred_at) filter (where event_type = 'unsubscribe') as unsubscribed_at,
    min(occurred_at) filter (where event_type = 'spam') as complained_at,
    min(occurred_at) filter (where event_type = 'block') as blocked_at,
    min(occurred_at) filter (where event_type = 'conversion') as converted_at
  from {{ref "stg_message_events"}}
  group by message_id
),

judged as (
  select
    messages.*,
    outcomes.* exclude (message_id),
    messages.dropped_reason is null as sent,
    -- What was opened or clicked had arrived, and a soft bounce may be followed by a delivery.
    case
      when messages.dropped_reason is not null or outcomes.first_response_at is not null then null
      when outcomes.has_hard_bounce then 'hard'
      when outcomes.has_soft_bounce
        and not coalesce(outcomes.last_delivery_at >= outcomes.first_bounce_at, false) then 'soft'
    end as bounced_type,
    -- A click proves an open that no picture reported.
    least(outcomes.first_human_open_at, outcomes.first_click_at) as first_open_at
  from messages
  left join outcomes using (message_id)
)

select
  judged.message_id,
  judged.campaign_id,
  judged.flow_id,
  judged.variant,
  judged.channel,
  judged.is_transactional,
  coalesce(accounts.customer_id, addresses.customer_id) as customer_id,
  judged.trigger_id,
  judged.sent_at,
  judged.sent_on,
  judged.sent,
  judged.dropped_reason,
  judged.sent and judged.bounced_type is null as delivered,
  judged.bounced_type,
  judged.first_open_at is not null as opened_human,
  judged.first_machine_open_at is not null as opened_machine,
  judged.first_click_at is not null as clicked,
  judged.unsubscribed_at is not null as unsubscribed,
  judged.complained_at is not null as complained,
  judged.blocked_at is not null as blocked,
  judged.converted_at is not null as converted,
  coalesce(judged.opens, 0) as opens,
  coalesce(judged.machine_opens, 0) as machine_opens,
  coalesce(judged.clicks, 0) as clicks,
  coalesce(judged.machine_clicks, 0) as machine_clicks,
  judged.first_open_at,
  judged.first_machine_open_at,
  judged.first_click_at,
  judged.last_engaged_at,
  judged.unsubscribed_at,
  judged.complained_at,
  judged.blocked_at,
  judged.converted_at,
  case
    when judged.first_open_at >= judged.sent_at then date_diff('second', judged.sent_at, judged.first_open_at)
  end as seconds_to_open,
  coalesce(judged.first_response_at < judged.sent_at, false) as has_clock_skew,
  (judged.unsubscribed_at is not null or judged.complained_at is not null)
    and not coalesce(judged.has_delivery, false) as is_response_without_delivery
from judged
left join {{ref "int_identity_links"}} as accounts
  on accounts.link_type = 'account' and accounts.link_key = judged.customer_id
-- A key that is NULL joins nothing; a condition on one side beside the keys would compare every row with every other.
left join {{ref "int_identity_links"}} as addresses
  on addresses.link_type = 'email' and addresses.link_key = if(judged.customer_id is null, judged.address_hash, null)
