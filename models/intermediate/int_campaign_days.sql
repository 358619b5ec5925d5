-- The days to work out: all, or those since the last run and the ones before it whose messages may still be opened, clicked or paid back.
with bounds as (
  {{#if (is_incremental)}}
  select coalesce(max(sent_on) - {{var "campaign_late_days"}} + 1, date '0001-01-01') as first_day
  from {{this}}
  {{else}}
  select date '0001-01-01' as first_day
  {{/if}}
)

select
  sent_on,
  coalesce(campaign_id, '(none)') as campaign_id,
  variant_name as variant,
  channel,
  {{> message_kpis}}
from {{ref "int_message_outcomes"}}
where sent_on >= (select first_day from bounds)
group by sent_on, coalesce(campaign_id, '(none)'), variant_name, channel
