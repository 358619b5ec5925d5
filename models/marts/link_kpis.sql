with links as (
  select
    {{> month_start date="started_on"}} as month,
    'in' as direction,
    lower(referrer) as host,
    *
  from {{ref "int_sessions_channelled"}}
  where referrer is not null
  union all
  select {{> month_start date="started_on"}}, 'out', lower(outbound_domain), *
  from {{ref "int_sessions_channelled"}}
  where outbound_domain is not null
)

select
  month,
  direction,
  host,
  count(*) as sessions,
  count(distinct visitor_id) as users,
  {{> safe_ratio numerator="count(*) filter (where is_bounce)" denominator="count(*)"}} as bounce_rate,
  {{> safe_ratio numerator="sum(page_views)" denominator="count(*)"}} as pages_per_session,
  {{> safe_ratio numerator="sum(engaged_seconds)" denominator="count(*)"}} as dwell_seconds_per_session,
  {{> safe_ratio numerator="count(*) filter (where furthest_step = 'purchase')" denominator="count(*)"}} as conversion_rate,
  {{> as_of_date}} as as_of_date
from links
group by month, direction, host
