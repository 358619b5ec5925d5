with visible as (
  select
    day,
    page,
    if(
      regexp_matches({{> unaccented text="query"}}, {{literal (var "brand_pattern")}}),
      'brand',
      'non_brand'
    ) as query_group,
    clicks,
    impressions,
    position
  from {{ref "stg_search_performance"}}
  where aggregation = 'page'
)

select
  visible.day,
  visible.query_group,
  visible.page,
  cast(sum(visible.clicks) as bigint) as clicks,
  cast(sum(visible.impressions) as bigint) as impressions,
  {{> safe_ratio numerator="sum(visible.clicks)" denominator="sum(visible.impressions)"}} as ctr,
  -- A page shown a thousand times counts a thousand times: positions are weighted by impressions.
  {{> safe_ratio numerator="sum(visible.position * visible.impressions)" denominator="sum(if(visible.position is null, 0, visible.impressions))"}} as position,
  any_value(visibility.share_hidden) as share_hidden,
  {{> as_of_date}} as as_of_date
from visible
left join {{ref "search_visibility"}} as visibility using (day)
group by visible.day, visible.query_group, visible.page
