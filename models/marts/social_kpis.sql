with followers as (
  select
    platform,
    page_id,
    day,
    followers,
    followers - lag(followers) over (partition by platform, page_id order by day) as net_follows
  from {{ref "stg_social_followers"}}
),

posts as (
  select
    platform,
    page_id,
    posted_on as day,
    count(*) as posts,
    sum(reach) as reach,
    sum(impressions) as impressions,
    sum(engagements) as engagements,
    sum(link_clicks) as link_clicks
  from {{ref "int_social_posts"}}
  group by platform, page_id, posted_on
),

days as (
  select platform, page_id, day from followers
  union
  select platform, page_id, day from posts
),

-- Followers are a stock: a day that nobody counted has those of the last day counted.
counted as (
  select days.*, known.followers, followers.net_follows
  from days
  asof left join followers as known
    on known.platform = days.platform and known.page_id = days.page_id and known.day <= days.day
  left join followers
    on followers.platform = days.platform and followers.page_id = days.page_id and followers.day = days.day
)

select
  counted.day,
  counted.platform,
  counted.page_id,
  counted.followers,
  counted.net_follows,
  coalesce(posts.posts, 0) as posts,
  cast(coalesce(posts.reach, 0) as bigint) as reach,
  cast(coalesce(posts.impressions, 0) as bigint) as impressions,
  cast(coalesce(posts.engagements, 0) as bigint) as engagements,
  cast(coalesce(posts.link_clicks, 0) as bigint) as link_clicks,
  {{> safe_ratio numerator="coalesce(posts.engagements, 0)" denominator="counted.followers"}} as er_followers,
  {{> safe_ratio numerator="posts.engagements" denominator="posts.reach"}} as er_reach,
  {{> safe_ratio numerator="posts.engagements" denominator="posts.impressions"}} as er_impressions,
  {{> safe_ratio numerator="posts.link_clicks" denominator="posts.impressions"}} as link_ctr,
  {{> as_of_date}} as as_of_date
from counted
left join posts using (platform, page_id, day)
