with records as (
  select
    {{> id_text column="post_id"}} as post_id,
    lower({{> clean_text column="platform"}}) as platform,
    {{> id_text column="page_id"}} as page_id,
    {{> id_text column="campaign_id"}} as campaign_id,
    {{> local_timestamp column="posted_at"}} as posted_at,
    cast(impressions as bigint) as impressions,
    cast(reach as bigint) as reach,
    cast(likes as bigint) as likes,
    cast(comments as bigint) as comments,
    cast(shares as bigint) as shares,
    cast(saves as bigint) as saves,
    cast(link_clicks as bigint) as link_clicks
  from {{ref "raw_social_posts"}}
)

select
  post_id,
  platform,
  page_id,
  campaign_id,
  posted_at,
  cast(posted_at as date) as posted_on,
  impressions,
  reach,
  likes,
  comments,
  shares,
  saves,
  link_clicks
from records
where cast(posted_at as date) <= {{> as_of_date}}
-- Counts only grow: the highest is the newest.
qualify row_number() over (
  partition by post_id
  order by impressions desc, likes desc, link_clicks desc, posted_at, page_id
) = 1
