select
  coalesce(campaign_id, '(none)') as campaign_id,
  segment,
  any_value(channel) as channel,
  {{> message_kpis}},
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from {{ref "int_message_outcomes"}}
group by coalesce(campaign_id, '(none)'), segment
