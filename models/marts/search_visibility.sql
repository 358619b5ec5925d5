with days as (
  select
    day,
    sum(clicks) filter (where aggregation = 'property') as property_clicks,
    sum(clicks) filter (where aggregation = 'page') as visible_clicks
  from {{ref "stg_search_performance"}}
  group by day
)

select
  day,
  cast(property_clicks as bigint) as property_clicks,
  cast(coalesce(visible_clicks, 0) as bigint) as visible_clicks,
  cast(property_clicks - coalesce(visible_clicks, 0) as bigint) as hidden_clicks,
  {{> safe_ratio numerator="property_clicks - coalesce(visible_clicks, 0)" denominator="property_clicks"}} as share_hidden,
  {{> as_of_date}} as as_of_date
from days
