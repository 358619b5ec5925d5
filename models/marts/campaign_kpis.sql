with kpis as (
  select
    coalesce(campaign_id, '(none)') as campaign_id,
    variant_name as variant,
    any_value(channel) as channel,
    min(sent_on) as first_sent_on,
    {{> message_kpis}}
  from {{ref "int_message_outcomes"}}
  group by coalesce(campaign_id, '(none)'), variant_name
)

select
  kpis.campaign_id,
  kpis.variant,
  campaigns.name,
  campaigns.objective,
  kpis.channel,
  kpis.* exclude (campaign_id, variant, channel),
  case
    when kpis.channel <> 'email' or kpis.spam_rate is null then 'not_applicable'
    when kpis.spam_rate >= {{var "spam_rate_critical"}} then 'critical'
    when kpis.spam_rate >= {{var "spam_rate_warning"}} then 'warning'
    else 'ok'
  end as spam_status,
  -- A campaign's cost belongs to it once, however many variants it has: shared out by messages sent.
  {{> money amount="campaigns.cost * kpis.sent / nullif(sum(kpis.sent) over (partition by kpis.campaign_id), 0)"}} as cost,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from kpis
left join {{ref "stg_campaigns"}} as campaigns using (campaign_id)
