select
  channel,
  sent_isodow as isodow,
  sent_hour as hour,
  {{> message_kpis}},
  count(*) filter (where delivered) < {{var "send_time_min_delivered"}} as is_small_sample,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from {{ref "int_message_outcomes"}}
-- Flows are sent when an event sets them off, not when somebody chose to.
where flow_id is null
group by channel, sent_isodow, sent_hour
