select
  {{> month_start date="started_on"}} as month,
  coalesce(landing_page, '(unknown)') as landing_page,
  count(*) as sessions,
  count(distinct visitor_id) as users,
  {{> safe_ratio numerator="count(*) filter (where is_bounce)" denominator="count(*)"}} as bounce_rate,
  {{> safe_ratio numerator="count(*) filter (where is_bounce_ua)" denominator="count(*)"}} as bounce_rate_ua,
  {{> safe_ratio numerator="count(*) filter (where exit_page = landing_page)" denominator="count(*)"}} as exit_rate,
  {{> safe_ratio numerator="sum(page_views)" denominator="count(*)"}} as pages_per_session,
  {{> safe_ratio numerator="sum(engaged_seconds)" denominator="count(*)"}} as dwell_seconds_per_session,
  {{> safe_ratio numerator="count(*) filter (where furthest_step = 'purchase')" denominator="count(*)"}} as conversion_rate,
  {{> as_of_date}} as as_of_date
from {{ref "int_sessions_channelled"}}
where platform <> 'store'
group by 1, 2
