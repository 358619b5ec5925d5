-- Transactional mail is neither part of the cadence nor a sign of interest.
with mails as (
  select *
  from {{ref "int_message_recipient"}}
  where channel = 'email' and customer_id is not null and sent and not is_transactional
),

recipients as (
  select
    customer_id,
    min(sent_on) as first_sent_on,
    max(sent_on) as last_sent_on,
    count(*) filter (where sent_on > {{> as_of_date}} - {{var "sunset_cadence_days"}}) as recent_mails,
    max(last_engaged_at) as last_human_engagement_at,
    max(sent_at) filter (where bounced_type = 'hard') as hard_bounced_at,
    bool_or(complained) as has_complained
  from mails
  group by customer_id
),

cadenced as (
  select
    recipients.*,
    recent_mails * 7.0
      / least({{var "sunset_cadence_days"}}, greatest({{> as_of_date}} - first_sent_on + 1, 7)) as mails_per_week
  from recipients
),

measured as (
  select cadenced.*, cadences.cadence, cadences.threshold_days
  from cadenced
  asof join {{ref "email_cadences"}} as cadences on cadenced.mails_per_week >= cadences.at_least_per_week
),

buyers as (
  select customer_id, max(ordered_on) as last_order_on
  from {{ref "int_orders_net"}}
  where is_valid and customer_id is not null
  group by customer_id
),

-- Silence begins with the last sign of interest, which a yes to e-mail is, too; who never gave one is given the time since the first mail.
silent as (
  select
    measured.*,
    buyers.last_order_on,
    {{> as_of_date}}
      - greatest(coalesce(cast(last_human_engagement_at as date), first_sent_on), cast(consents.agreed_at as date)) as silent_days,
    coalesce(buyers.last_order_on > {{> as_of_date}} - {{var "sunset_buyer_days"}}, false) as is_recent_buyer,
    consents.status = 'opt_out' as has_opted_out,
    coalesce(consents.has_consent, false) as has_agreed
  from measured
  left join buyers using (customer_id)
  left join {{ref "int_consent_status"}} as consents
    on consents.customer_id = measured.customer_id and consents.channel = 'email'
),

judged as (
  select
    *,
    case
    -- A complaint is a no, until a later yes. An address that somebody read mail at since its bounce is alive.
      when has_complained and not has_agreed then 'complained'
      when has_opted_out then 'unsubscribed'
      when hard_bounced_at > coalesce(last_human_engagement_at, timestamp '1970-01-01 00:00:00') then 'hard_bounce'
      when silent_days > threshold_days + {{var "sunset_reengage_days"}} and not is_recent_buyer then 'silent'
    end as suppress_reason
  from silent
)

select
  judged.customer_id,
  judged.first_sent_on,
  judged.last_sent_on,
  judged.last_human_engagement_at,
  judged.cadence,
  judged.mails_per_week,
  judged.threshold_days,
  judged.silent_days,
  judged.last_order_on,
  judged.is_recent_buyer,
  case
    when judged.suppress_reason is not null then 'suppress'
    when judged.silent_days > judged.threshold_days and not judged.is_recent_buyer then 're_engage'
    when judged.silent_days > judged.threshold_days / 2 then 'at_risk'
    else 'active'
  end as stage,
  judged.suppress_reason,
  {{> as_of_date}} as as_of_date
from judged
join {{ref "int_customers_unified"}} as people
  on people.customer_id = judged.customer_id and people.excluded_reason is null
