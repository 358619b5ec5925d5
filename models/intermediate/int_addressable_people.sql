-- People with what they can be addressed by, and what they have agreed to.
select
  people.customer_id,
  people.email,
  people.phone,
  people.first_name,
  people.last_name,
  people.birth_date,
  people.gender,
  people.city,
  people.zip,
  people.country,
  app.advertising_id,
  coalesce(ads.has_consent, false) as ads_consent,
  coalesce(email.has_consent, false) as email_consent,
  coalesce(push.has_consent, false) as push_consent,
  coalesce(sms.has_consent, false) as sms_consent,
  coalesce(6 - scores.m_score, 5) as priority
from {{ref "int_customers_unified"}} as people
left join {{ref "int_app_status"}} as app using (customer_id)
left join {{ref "int_consent_status"}} as ads on ads.customer_id = people.customer_id and ads.channel = 'ads'
left join {{ref "int_consent_status"}} as email on email.customer_id = people.customer_id and email.channel = 'email'
left join {{ref "int_consent_status"}} as push on push.customer_id = people.customer_id and push.channel = 'push'
left join {{ref "int_consent_status"}} as sms on sms.customer_id = people.customer_id and sms.channel = 'sms'
left join {{ref "rfm_scores"}} as scores on scores.customer_id = people.customer_id
where people.excluded_reason is null
