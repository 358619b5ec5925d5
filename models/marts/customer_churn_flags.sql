with people as (
  select customer_id from {{ref "int_customers_unified"}} where excluded_reason is null
),

purchases as (
  select * from {{ref "int_activity_habits"}} where activity = 'purchase'
),

visits as (
  select * from {{ref "int_activity_habits"}} where activity = 'visit'
),

messages as (
  select * from {{ref "int_activity_habits"}} where activity = 'message'
),

-- Messages come to those who are written to: who gets none cannot answer, and has not stopped.
written_to as (
  select customer_id, max(sent_at) as last_delivered_at
  from {{ref "int_message_recipient"}}
  where delivered and customer_id is not null and not is_transactional
  group by customer_id
),

email_consents as (
  select customer_id, withdrawn_at, withdrawal_reason, agreed_at
  from {{ref "int_consent_status"}}
  where channel = 'email'
),

consents as (
  select customer_id, channel, agreed_at from {{ref "int_consent_status"}}
),

-- What somebody says by a message holds until a later yes to its channel, and dates from the first time since then.
standing_refusals as (
  select
    messages.customer_id,
    messages.channel,
    coalesce(messages.campaign_id, '(none)') as campaign_id,
    if(consents.agreed_at > messages.unsubscribed_at, null, messages.unsubscribed_at) as unsubscribed_at,
    if(consents.agreed_at > messages.complained_at, null, messages.complained_at) as complained_at,
    if(consents.agreed_at > messages.blocked_at, null, messages.blocked_at) as blocked_at
  from {{ref "int_message_recipient"}} as messages
  left join consents on consents.customer_id = messages.customer_id and consents.channel = messages.channel
  where messages.customer_id is not null
    and (
      messages.unsubscribed_at is not null or messages.complained_at is not null or messages.blocked_at is not null
    )
),

refusals_by_message as (
  select
    customer_id,
    min(unsubscribed_at) filter (where channel = 'email') as unsubscribed_at,
    min(complained_at) filter (where channel = 'email') as mail_complained_at,
    min(complained_at) as complained_at,
    arg_min(campaign_id, complained_at) as complained_about,
    min(blocked_at) as blocked_at,
    arg_min(campaign_id, blocked_at) as blocked_after
  from standing_refusals
  group by customer_id
),

premium as (
  select customer_id, cancelled_at, cancel_reason
  from {{ref "int_premium_status"}}
  where not is_premium
),

moves as (
  select customer_id, moved_from, moved_to, moved_on from {{ref "int_channel_moves"}}
),

app as (
  select * from {{ref "int_app_status"}}
),

push_consents as (
  select * from {{ref "int_consent_status"}} where channel = 'push'
),

-- A refusal holds until a later yes or a later installation, which asks anew.
push_refusals_in_app as (
  select events.customer_id, min(events.occurred_at) as refused_at
  from {{ref "int_app_events_owned"}} as events
  left join app using (customer_id)
  left join push_consents using (customer_id)
  where events.event_type = 'push_optout'
    and events.customer_id is not null
    and (events.occurred_at < app.last_installed_at) is not true
    and (push_consents.agreed_at > events.occurred_at) is not true
  group by events.customer_id
),

push_refusals as (
  select
    customer_id,
    least(
      push_refusals_in_app.refused_at,
      case
        when (push_consents.withdrawn_at < app.last_installed_at) is not true then push_consents.withdrawn_at
        -- The installation took the first no back, and the last one came after it.
        when push_consents.status = 'opt_out'
          and push_consents.changed_at >= app.last_installed_at then push_consents.changed_at
      end
    ) as refused_at,
    app.last_installed_at
  from push_refusals_in_app
  full join push_consents using (customer_id)
  left join app using (customer_id)
),

flags as (
  select
    people.customer_id,
    purchases.last_at as purchase_last_at,
    purchases.threshold_days as purchase_threshold_days,
    coalesce(purchases.is_churned, false) as purchase_is_churned,
    purchases.churned_on as purchase_churned_on,
    visits.last_at as visits_last_at,
    visits.threshold_days as visits_threshold_days,
    coalesce(visits.is_churned, false) as visits_is_churned,
    visits.churned_on as visits_churned_on,
    messages.last_at as messages_last_at,
    messages.threshold_days as messages_threshold_days,
    coalesce(
      messages.is_churned and cast(written_to.last_delivered_at as date) > messages.last_on,
      false
    ) as messages_is_churned,
    if(cast(written_to.last_delivered_at as date) > messages.last_on, messages.churned_on, null) as messages_churned_on,
    push_refusals.refused_at as push_optout_at,
    case
      when push_refusals.refused_at is null then null
      when push_refusals.refused_at <= push_refusals.last_installed_at
        + to_hours(cast({{var "early_push_optout_hours"}} as bigint)) then 'right_after_install'
      else 'later'
    end as push_optout_reason,
    -- Who reports a mail as spam wants no other either, until a later yes.
    least(
      email_consents.withdrawn_at,
      refusals_by_message.unsubscribed_at,
      refusals_by_message.mail_complained_at
    ) as email_unsub_at,
    case
      when email_consents.withdrawn_at is not null
        and email_consents.withdrawal_reason is not null then email_consents.withdrawal_reason
      when refusals_by_message.mail_complained_at is not null
        and (refusals_by_message.unsubscribed_at < refusals_by_message.mail_complained_at) is not true then 'spam'
      when coalesce(email_consents.withdrawn_at, refusals_by_message.unsubscribed_at) is not null then 'unsubscribed'
    end as email_unsub_reason,
    refusals_by_message.complained_at as spam_at,
    if(refusals_by_message.complained_at is not null, refusals_by_message.complained_about, null) as spam_reason,
    refusals_by_message.blocked_at as block_at,
    if(refusals_by_message.blocked_at is not null, refusals_by_message.blocked_after, null) as block_reason,
    premium.cancelled_at as premium_cancel_at,
    premium.cancel_reason as premium_cancel_reason,
    moves.moved_from,
    moves.moved_to,
    moves.moved_on,
    app.uninstalled_at as uninstall_at,
    app.uninstall_reason,
    coalesce(app.is_uninstalled, false) as is_uninstalled,
    purchases.reactivated_at as purchase_reactivated_at,
    greatest(purchases.reactivated_at, visits.reactivated_at, messages.reactivated_at, app.reinstalled_at) as reactivated_at
  from people
  left join purchases using (customer_id)
  left join visits using (customer_id)
  left join push_refusals using (customer_id)
  left join email_consents using (customer_id)
  left join app using (customer_id)
  left join messages using (customer_id)
  left join written_to using (customer_id)
  left join refusals_by_message using (customer_id)
  left join premium using (customer_id)
  left join moves using (customer_id)
)

select
  *,
  messages_is_churned or purchase_is_churned or visits_is_churned as churn_any_passive,
  push_optout_at is not null or email_unsub_at is not null or spam_at is not null or block_at is not null
    or premium_cancel_at is not null or is_uninstalled as churn_any_active,
  {{> as_of_date}} as as_of_date
from flags
