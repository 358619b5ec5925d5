-- What days count adds up to what campaigns count: nothing is lost at the edge of what was worked out anew.
with by_day as (
  select
    campaign_id,
    variant,
    sum(sent) as sent,
    sum(delivered) as delivered,
    sum(clicks) as clicks,
    sum(revenue) as revenue
  from {{ref "campaign_kpis_daily"}}
  group by campaign_id, variant
)

select campaign_id, variant, kpis.sent, by_day.sent as sent_by_day
from {{ref "campaign_kpis"}} as kpis
full join by_day using (campaign_id, variant)
where kpis.sent is distinct from by_day.sent
  or kpis.delivered is distinct from by_day.delivered
  or kpis.clicks is distinct from by_day.clicks
  or kpis.revenue is distinct from by_day.revenue
