with carts as (
  select
    *,
    status = 'abandoned' as is_abandoned,
    date_diff('second', abandoned_at, recovered_at) / 3600.0 as hours_to_recovery
  from {{ref "int_carts_merged"}}
)

select
  created_on as day,
  channel,
  count(*) as carts,
  count(*) filter (where status = 'open') as open,
  count(*) filter (where status = 'converted') as converted,
  count(*) filter (where is_abandoned) as abandoned,
  -- Carts that may still be bought have no part in the rate.
  {{> safe_ratio numerator="count(*) filter (where is_abandoned)" denominator="count(*) filter (where status <> 'open')"}} as abandonment_rate,
  abandonment_rate as rate,
  {{> money amount="coalesce(sum(value) filter (where is_abandoned), 0)"}} as abandoned_value,
  abandoned_value as value,
  count(*) filter (where is_abandoned and reminded_at is not null) as reminded,
  count(*) filter (where recovered_at is not null) as recovered,
  count(*) filter (where recovered_at is not null and reminded_at < recovered_at) as recovered_after_reminder,
  {{> safe_ratio numerator="count(*) filter (where recovered_at is not null)" denominator="count(*) filter (where is_abandoned)"}} as recovery_rate,
  {{> money amount="coalesce(sum(recovered_value), 0)"}} as recovered_value,
  median(hours_to_recovery) as median_hours_to_recovery,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from carts
group by created_on, channel
