with orders as (
  select * from {{ref "int_orders_net"}} where customer_id is not null
),

seconds as (
  select customer_id, ordered_at as second_order_at from orders where order_seq = 2
),

messages as (
  select
    trigger_id,
    campaign_id,
    min(sent_at) as sent_at,
    bool_or(opened_human) as opened
  from {{ref "int_message_recipient"}}
  where sent and trigger_id is not null
  group by trigger_id, campaign_id
),

reviews as (
  select order_id, max(answered_at) as last_reviewed_at
  from {{ref "stg_survey_responses"}}
  where survey_type = 'csat' and order_id is not null
  group by order_id
),

consents as (
  select customer_id from {{ref "int_consent_status"}} where channel = 'email' and not has_consent
),

steps as (
  select
    orders.order_id,
    orders.customer_id,
    orders.is_valid,
    orders.ordered_at,
    orders.order_seq,
    steps.step,
    steps.campaign_id,
    orders.ordered_at + to_hours(steps.due_after_hours) as due_at,
    orders.ordered_at + to_hours(steps.late_after_hours) as late_at,
    campaigns.objective = 'transactional' as is_transactional
  from orders
  cross join {{ref "post_purchase_steps"}} as steps
  left join {{ref "stg_campaigns"}} as campaigns on campaigns.campaign_id = steps.campaign_id
  -- Orders from before the flow was looked after are nobody's task.
  where orders.ordered_on > {{> as_of_date}} - {{var "followup_days"}}
    and list_contains({{> text_list values=(var "followup_channels")}}, orders.channel)
)

select
  steps.order_id,
  steps.customer_id,
  steps.step,
  steps.due_at,
  messages.sent_at,
  coalesce(messages.opened, false) as opened,
  steps.step = 'review_request' and coalesce(reviews.last_reviewed_at > messages.sent_at, false) as reviewed,
  if(steps.order_seq = 1, seconds.second_order_at, null) as second_order_at,
  case
    when messages.sent_at is not null then if(messages.sent_at <= steps.late_at, 'sent', 'sent_late')
    when not steps.is_valid then 'order_void'
    when consents.customer_id is not null and not coalesce(steps.is_transactional, false) then 'no_consent'
    when cast(steps.due_at as date) > {{> as_of_date}} then 'not_due'
    when cast(steps.late_at as date) > {{> as_of_date}} then 'due'
    else 'overdue'
  end as status,
  {{> as_of_date}} as as_of_date
from steps
left join messages on messages.trigger_id = steps.order_id and messages.campaign_id = steps.campaign_id
left join reviews on reviews.order_id = steps.order_id
left join seconds on seconds.customer_id = steps.customer_id
left join consents on consents.customer_id = steps.customer_id
