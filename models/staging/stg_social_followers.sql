with records as (
  select
    lower({{> clean_text column="platform"}}) as platform,
    {{> id_text column="page_id"}} as page_id,
    cast(day as date) as day,
    cast(followers as bigint) as followers
  from {{ref "raw_social_followers"}}
)

select platform, page_id, day, followers
from records
where day <= {{> as_of_date}}
qualify row_number() over (partition by platform, page_id, day order by followers desc nulls last) = 1
