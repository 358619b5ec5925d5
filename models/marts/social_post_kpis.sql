with followers as (
  select platform, page_id, day, followers from {{ref "stg_social_followers"}}
)

select
  posts.post_id,
  posts.platform,
  posts.page_id,
  posts.campaign_id,
  posts.posted_on,
  followers.followers,
  posts.reach,
  posts.impressions,
  posts.engagements,
  posts.link_clicks,
  {{> safe_ratio numerator="posts.engagements" denominator="followers.followers"}} as er_followers,
  {{> safe_ratio numerator="posts.engagements" denominator="posts.reach"}} as er_reach,
  {{> safe_ratio numerator="posts.engagements" denominator="posts.impressions"}} as er_impressions,
  {{> safe_ratio numerator="posts.link_clicks" denominator="posts.impressions"}} as link_ctr,
  {{> as_of_date}} as as_of_date
from {{ref "int_social_posts"}} as posts
asof left join followers
  on followers.platform = posts.platform and followers.page_id = posts.page_id and followers.day <= posts.posted_on
