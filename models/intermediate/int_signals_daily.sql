-- The days to work out: all since `signals_from`, or since the last run and a few before it, for what came in late.
with bounds as (
  select
    min(day) as first_day,
    max(day) as last_day
  from (
    select
      cast(
        unnest(generate_series(cast({{literal (var "signals_from")}} as date), {{> as_of_date}}, interval 1 day)) as date
      ) as day
  )
  where true {{> since_last_run column="day" day="signal_on" late_days=(var "signal_late_days")}}
),

people as (
  select customer_id, cast(first_seen_at as date) as first_seen_on
  from {{ref "int_customers_unified"}}
  where excluded_reason is null
),

activity as (
  select customer_id, active_on, opens, clicks, visits, orders, 0 as tickets, 0 as returns
  from {{ref "int_customer_days"}}
  union all
  select links.customer_id, tickets.opened_on, 0, 0, 0, 0, 1, 0
  from {{ref "stg_tickets"}} as tickets
  join {{ref "int_identity_links"}} as links on links.link_type = 'account' and links.link_key = tickets.customer_id
  union all
  select orders.customer_id, refunds.refunded_on, 0, 0, 0, 0, 0, 1
  from {{ref "stg_refunds"}} as refunds
  join {{ref "int_orders_net"}} as orders using (order_id)
  where orders.customer_id is not null and not refunds.is_cancellation
),

daily as (
  select
    activity.customer_id,
    activity.active_on,
    sum(activity.opens) as opens,
    sum(activity.clicks) as clicks,
    sum(activity.visits) as visits,
    sum(activity.orders) as orders,
    sum(activity.tickets) as tickets,
    sum(activity.returns) as returns
  from activity
  cross join bounds
  -- Each day looks back 90 days, itself included.
  where activity.active_on between bounds.first_day - 89 and bounds.last_day
  group by activity.customer_id, activity.active_on
),

days as (
  select people.customer_id, cast(series.day as date) as signal_on
  from people
  cross join bounds
  cross join unnest(
    generate_series(cast(bounds.first_day as timestamp), cast(bounds.last_day as timestamp), interval 1 day)
  ) as series(day)
  where people.first_seen_on <= cast(series.day as date)
),

counted as (
  select
    days.customer_id,
    days.signal_on,
    coalesce(sum(daily.opens) filter (where daily.active_on > days.signal_on - 30), 0) as opens_30,
    coalesce(sum(daily.opens), 0) as opens_90,
    coalesce(sum(daily.clicks) filter (where daily.active_on > days.signal_on - 30), 0) as clicks_30,
    coalesce(sum(daily.clicks), 0) as clicks_90,
    coalesce(sum(daily.visits) filter (where daily.active_on > days.signal_on - 30), 0) as visits_30,
    coalesce(sum(daily.visits), 0) as visits_90,
    coalesce(sum(daily.orders), 0) as orders_90,
    coalesce(sum(daily.tickets), 0) as tickets_90,
    coalesce(sum(daily.returns), 0) as returns_90
  from days
  left join daily
    on daily.customer_id = days.customer_id and daily.active_on between days.signal_on - 89 and days.signal_on
  group by days.customer_id, days.signal_on
),

-- The habit known on each purchase day, so that a day never knows what came after it.
purchase_days as (
  select
    *,
    quantile_cont(gap_days, 0.5) over (
      partition by customer_id
      order by active_on rows between unbounded preceding and current row
    ) as median_gap_days
  from (
    select
      customer_id,
      active_on,
      date_diff('day', lag(active_on) over (partition by customer_id order by active_on), active_on) as gap_days
    from {{ref "int_customer_days"}}
    where bought
  )
)

select
  counted.customer_id,
  counted.signal_on,
  cast(counted.opens_30 as bigint) as opens_30,
  cast(counted.opens_90 as bigint) as opens_90,
  cast(counted.clicks_30 as bigint) as clicks_30,
  cast(counted.clicks_90 as bigint) as clicks_90,
  cast(counted.visits_30 as bigint) as visits_30,
  cast(counted.visits_90 as bigint) as visits_90,
  cast(counted.orders_90 as bigint) as orders_90,
  cast(counted.tickets_90 as bigint) as tickets_90,
  cast(counted.returns_90 as bigint) as returns_90,
  -- Last month against the month that the last quarter makes one expect.
  {{> safe_ratio numerator="3 * counted.opens_30" denominator="counted.opens_90"}} as opens_trend,
  {{> safe_ratio numerator="3 * counted.clicks_30" denominator="counted.clicks_90"}} as clicks_trend,
  {{> safe_ratio numerator="3 * counted.visits_30" denominator="counted.visits_90"}} as visits_trend,
  date_diff('day', purchase_days.active_on, counted.signal_on) as days_since_order,
  purchase_days.median_gap_days,
  {{> safe_ratio numerator="date_diff('day', purchase_days.active_on, counted.signal_on)" denominator="purchase_days.median_gap_days"}} as ipt_ratio
from counted
asof left join purchase_days
  on purchase_days.customer_id = counted.customer_id and counted.signal_on >= purchase_days.active_on
