select
  post_id,
  platform,
  page_id,
  campaign_id,
  posted_on,
  coalesce(impressions, 0) as impressions,
  coalesce(reach, 0) as reach,
  coalesce(link_clicks, 0) as link_clicks,
  coalesce(likes, 0) + coalesce(comments, 0)
    + coalesce(shares, 0) {{#if (var "engagement_includes_saves")}}+ coalesce(saves, 0){{/if}} as engagements
from {{ref "stg_social_posts"}}
