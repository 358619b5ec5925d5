with records as (
  select
    cast(day as date) as day,
    lower({{> clean_text column="platform"}}) as platform,
    {{> id_text column="campaign_id"}} as campaign_id,
    {{> clean_text column="campaign"}} as campaign,
    {{> clean_text column="ad"}} as ad,
    {{> money amount="coalesce(spend, 0)"}} as spend,
    cast(impressions as bigint) as impressions,
    cast(clicks as bigint) as clicks
  from {{ref "raw_ad_spend"}}
)

select day, platform, campaign_id, campaign, ad, spend, impressions, clicks
from records
where day <= {{> as_of_date}}
-- Platforms correct a day afterwards, mostly upwards: the highest is the newest.
qualify row_number() over (
  partition by day, platform, campaign_id, ad
  order by spend desc, impressions desc, clicks desc, campaign
) = 1
