select
  days.sent_on,
  days.campaign_id,
  days.variant,
  days.channel,
  campaigns.name,
  campaigns.objective,
  days.* exclude (sent_on, campaign_id, variant, channel),
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from {{ref "int_campaign_days"}} as days
left join {{ref "stg_campaigns"}} as campaigns using (campaign_id)
