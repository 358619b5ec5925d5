select
  app.customer_id,
  app.uninstalled_at,
  cast(app.uninstalled_at as date) as uninstalled_on,
  app.uninstall_reason,
  app.advertising_id,
  app.platform,
  coalesce(consents.has_consent, false) as ads_consent,
  case
    when people.excluded_reason is not null then people.excluded_reason
    when cast(app.uninstalled_at as date) <= {{> as_of_date}} - {{var "uninstall_audience_days"}} then 'too_long_ago'
    when consents.has_consent is null then 'never_asked_about_ads'
    when not consents.has_consent and consents.withdrawn_at is not null then 'ads_consent_withdrawn'
    when not consents.has_consent then 'ads_consent_refused'
  end as left_out_reason
from {{ref "int_app_status"}} as app
join {{ref "int_customers_unified"}} as people using (customer_id)
left join {{ref "int_consent_status"}} as consents
  on consents.customer_id = app.customer_id and consents.channel = 'ads'
where app.is_uninstalled
