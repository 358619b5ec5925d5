with records as (
  select
    cast(day as date) as day,
    {{> clean_text column="query"}} as query,
    {{> clean_text column="page"}} as page,
    lower({{> clean_text column="device"}}) as device,
    upper({{> clean_text column="country"}}) as country,
    cast(coalesce(clicks, 0) as bigint) as clicks,
    cast(coalesce(impressions, 0) as bigint) as impressions,
    cast(position as double) as position,
    lower({{> clean_text column="aggregation"}}) as aggregation
  from {{ref "raw_search_performance"}}
)

select day, query, page, device, country, clicks, impressions, position, aggregation
from records
where day <= {{> as_of_date}}
-- A later download of a day counts more: the engine completes a day afterwards.
qualify row_number() over (
  partition by day, query, page, device, country, aggregation
  order by impressions desc, clicks desc, position
) = 1
