with owned as (
  select
    coalesce(links.customer_id, subscriptions.customer_id) as customer_id,
    subscriptions.subscription_id,
    subscriptions.started_on,
    subscriptions.ended_on,
    subscriptions.end_type,
    subscriptions.mrr
  from {{ref "stg_subscriptions"}} as subscriptions
  left join {{ref "int_identity_links"}} as links
    on links.link_type = 'account' and links.link_key = subscriptions.customer_id
),

-- A failed payment ends a plan only when the grace period is over, or when another plan takes its place.
periods as (
  select
    owned.*,
    case owned.end_type
      when 'payment_failed' then (
        select coalesce(min(later.started_on), owned.ended_on + {{var "payment_grace_days"}})
        from owned as later
        where later.customer_id = owned.customer_id
          and later.started_on >= owned.ended_on
          and later.started_on < owned.ended_on + {{var "payment_grace_days"}}
      )
      else owned.ended_on
    end as inactive_from
  from owned
),

spine as (
  select customer_id, cast(unnest({{> month_series first="min(started_on)"}}) as date) as month
  from periods
  group by customer_id
),

days as (
  select spine.*, least(last_day(spine.month), {{> as_of_date}}) as last_day_seen from spine
),

-- The last day of the month on which a plan held. A month in which none held on any day is a month without.
covered as (
  select
    days.customer_id,
    days.month,
    max(least(days.last_day_seen, periods.inactive_from - 1)) as covered_until
  from days
  join periods
    on periods.customer_id = days.customer_id and periods.started_on <= days.last_day_seen
    and coalesce(periods.inactive_from > days.month, true)
    and coalesce(periods.inactive_from > periods.started_on, true)
  group by days.customer_id, days.month
),

held as (
  select covered.customer_id, covered.month, sum(periods.mrr) as mrr
  from covered
  join periods
    on periods.customer_id = covered.customer_id and periods.started_on <= covered.covered_until
    and coalesce(periods.inactive_from > covered.covered_until, true)
  group by covered.customer_id, covered.month
),

-- The plan that ended last before a month without: why it is without.
ended as (
  select
    days.customer_id,
    days.month,
    max_by(periods.end_type, periods.inactive_from) as end_type,
    max(periods.inactive_from) as inactive_from
  from days
  join periods on periods.customer_id = days.customer_id and periods.inactive_from <= days.month
  group by days.customer_id, days.month
),

states as (
  select
    days.customer_id,
    days.month,
    coalesce(held.mrr, 0) as mrr,
    held.customer_id is not null as is_subscribed,
    held.customer_id is null and ended.end_type is not distinct from 'paused'
      and days.month < ended.inactive_from + {{var "pause_max_days"}} as is_paused,
    ended.end_type,
    days.last_day_seen = last_day(days.month) as is_complete
  from days
  left join held on held.customer_id = days.customer_id and held.month = days.month
  left join ended on ended.customer_id = days.customer_id and ended.month = days.month
),

compared as (
  select
    *,
    is_subscribed or coalesce(is_paused, false) as is_active,
    coalesce(lag(mrr) over by_customer, 0) as prev_mrr,
    coalesce(lag(is_subscribed) over by_customer, false) as was_subscribed,
    coalesce(lag(is_subscribed or coalesce(is_paused, false)) over by_customer, false) as was_active,
    coalesce(
      max(cast(is_subscribed as integer)) over (
        partition by customer_id
        order by month rows between unbounded preceding and 1 preceding
      ),
      0
    ) = 1 as was_ever_subscribed
  from states
  window by_customer as (
    partition by customer_id
    order by month
  )
)

select
  customer_id,
  month,
  {{> money amount="mrr"}} as mrr,
  is_active,
  coalesce(is_paused, false) as is_paused,
  {{> money amount="prev_mrr"}} as prev_mrr,
  {{> money amount="mrr - prev_mrr"}} as mrr_change,
  case
    when is_subscribed and not was_ever_subscribed then 'new'
    when is_subscribed and was_active and not was_subscribed then 'resumed'
    when is_subscribed and not was_active then 'reactivation'
    when is_subscribed and mrr > prev_mrr then 'upgrade'
    when is_subscribed and mrr < prev_mrr then 'downgrade'
    when is_subscribed then 'retained'
    when is_active and was_subscribed then 'paused'
    when was_active and not is_active then 'churn'
    when is_active then 'paused'
    else 'inactive'
  end as change_type,
  case
    when was_active and not is_active and end_type = 'payment_failed' then 'involuntary'
    when was_active and not is_active and end_type = 'fixed_end' then 'fixed_end'
    when was_active and not is_active then 'voluntary'
  end as churn_type,
  is_complete
from compared
