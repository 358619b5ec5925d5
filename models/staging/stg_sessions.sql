with records as (
  select
    {{> id_text column="session_id"}} as session_id,
    {{> id_text column="customer_id"}} as customer_id,
    {{> clean_text column="anonymous_id"}} as anonymous_id,
    {{> local_timestamp column="started_at"}} as started_at,
    {{> local_timestamp column="ended_at"}} as ended_at,
    lower({{> clean_text column="platform"}}) as platform,
    coalesce(lower({{> clean_text column="source"}}), '(direct)') as source,
    coalesce(lower({{> clean_text column="medium"}}), '(none)') as medium,
    {{> clean_text column="campaign"}} as campaign,
    lower({{> clean_text column="referrer"}}) as referrer,
    {{> clean_text column="landing_page"}} as landing_page,
    {{> clean_text column="exit_page"}} as exit_page,
    lower({{> clean_text column="outbound_domain"}}) as outbound_domain,
    cast(page_views as integer) as page_views,
    cast(engaged_seconds as integer) as engaged_seconds,
    cast(key_events as integer) as key_events,
    lower({{> clean_text column="furthest_step"}}) as furthest_step
  from {{ref "raw_sessions"}}
)

select
  session_id,
  customer_id,
  anonymous_id,
  started_at,
  cast(started_at as date) as started_on,
  ended_at,
  platform,
  source,
  medium,
  campaign,
  referrer,
  landing_page,
  exit_page,
  outbound_domain,
  page_views,
  engaged_seconds,
  key_events,
  furthest_step
from records
where cast(started_at as date) <= {{> as_of_date}}
-- Of several records of one session the fullest one: trackers write a session anew as it goes on.
qualify row_number() over (
  partition by session_id
  order by ended_at desc nulls last, page_views desc nulls last, customer_id, anonymous_id, source, medium
) = 1
