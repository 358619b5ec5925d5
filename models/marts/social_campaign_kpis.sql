select
  coalesce(campaign_id, '(none)') as campaign_id,
  platform,
  count(*) as posts,
  cast(sum(reach) as bigint) as reach,
  cast(sum(impressions) as bigint) as impressions,
  cast(sum(engagements) as bigint) as engagements,
  cast(sum(link_clicks) as bigint) as link_clicks,
  {{> safe_ratio numerator="sum(engagements)" denominator="sum(reach)"}} as er_reach,
  {{> safe_ratio numerator="sum(engagements)" denominator="sum(impressions)"}} as er_impressions,
  {{> safe_ratio numerator="sum(link_clicks)" denominator="sum(impressions)"}} as link_ctr,
  {{> as_of_date}} as as_of_date
from {{ref "int_social_posts"}}
group by coalesce(campaign_id, '(none)'), platform
