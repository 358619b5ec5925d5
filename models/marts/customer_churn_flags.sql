with people as (
  select customer_id from {{ref "int_customers_unified"}} where excluded_reason is null
),

purchases as (
  select * from {{ref "int_activity_habits"}} where activity = 'purchase'
),

visits as (
  select * from {{ref "int_activity_habits"}} where activity = 'visit'
),

app as (
  select * from {{ref "int_app_status"}}
),

email_withdrawals as (
  select * from {{ref "int_consent_status"}} where channel = 'email' and withdrawn_at is not null
),

push_refusals_in_app as (
  select customer_id, max(occurred_at) as refused_at
  from {{ref "int_app_events_owned"}}
  where event_type = 'push_optout' and customer_id is not null
  group by customer_id
),

push_consents as (
  select * from {{ref "int_consent_status"}} where channel = 'push'
),

-- A refusal holds until a later yes or a later installation, which asks anew.
push_refusals as (
  select
    customer_id,
    greatest(
      case
        when push_refusals_in_app.refused_at >= coalesce(app.last_installed_at, push_refusals_in_app.refused_at)
          and not coalesce(push_consents.has_consent and push_consents.changed_at > push_refusals_in_app.refused_at, false)
          then push_refusals_in_app.refused_at
      end,
      push_consents.withdrawn_at
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
    push_refusals.refused_at as push_optout_at,
    case
      when push_refusals.refused_at is null then null
      when push_refusals.refused_at
        <= push_refusals.last_installed_at + to_hours(cast({{var "early_push_optout_hours"}} as bigint))
        then 'right_after_install'
      else 'later'
    end as push_optout_reason,
    email_withdrawals.withdrawn_at as email_unsub_at,
    email_withdrawals.withdrawal_reason as email_unsub_reason,
    app.uninstalled_at as uninstall_at,
    app.uninstall_reason,
    coalesce(app.is_uninstalled, false) as is_uninstalled,
    greatest(purchases.reactivated_at, visits.reactivated_at, app.reinstalled_at) as reactivated_at
  from people
  left join purchases using (customer_id)
  left join visits using (customer_id)
  left join push_refusals using (customer_id)
  left join email_withdrawals using (customer_id)
  left join app using (customer_id)
)

select
  *,
  purchase_is_churned or visits_is_churned as churn_any_passive,
  push_optout_at is not null or email_unsub_at is not null or is_uninstalled as churn_any_active,
  {{> as_of_date}} as as_of_date
from flags
