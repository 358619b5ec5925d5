-- All days, or those since the last run and the ones before it whose messages may still be opened, clicked or paid back.
select
  sent_on,
  coalesce(campaign_id, '(none)') as campaign_id,
  variant_name as variant,
  channel,
  {{> message_kpis}}
from {{ref "int_message_outcomes"}}
where true {{> since_last_run column="sent_on" day="sent_on" late_days=(var "campaign_late_days")}}
group by sent_on, coalesce(campaign_id, '(none)'), variant_name, channel
