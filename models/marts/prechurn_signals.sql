with today as (
  select * from {{ref "int_signals_daily"}} where signal_on = {{> as_of_date}}
),

flags as (
  select customer_id, purchase_is_churned, purchase_last_at, purchase_threshold_days from {{ref "customer_churn_flags"}}
),

-- Who has stopped already cannot be about to.
customers as (
  select today.*, flags.purchase_threshold_days
  from today
  join flags using (customer_id)
  where flags.purchase_last_at is not null and not flags.purchase_is_churned
),

signals as (
  select
    customers.customer_id,
    customers.days_since_order,
    customers.median_gap_days,
    signals.signal,
    signals.value,
    signals.baseline,
    signals.threshold,
    coalesce(signals.fired, false) as fired,
    weights.weight
  from customers
  cross join lateral (
    values
      (
        'order_overdue',
        customers.ipt_ratio,
        1.0,
        {{var "signal_overdue_ratio"}}::double,
        customers.ipt_ratio >= {{var "signal_overdue_ratio"}}
      ),
      (
        'opens_falling',
        customers.opens_trend,
        1.0,
        {{var "signal_falling_ratio"}}::double,
        customers.opens_90 >= {{var "signal_min_events"}}
        and customers.opens_trend <= {{var "signal_falling_ratio"}}
      ),
      (
        'clicks_falling',
        customers.clicks_trend,
        1.0,
        {{var "signal_falling_ratio"}}::double,
        customers.clicks_90 >= {{var "signal_min_events"}}
        and customers.clicks_trend <= {{var "signal_falling_ratio"}}
      ),
      (
        'visits_falling',
        customers.visits_trend,
        1.0,
        {{var "signal_falling_ratio"}}::double,
        customers.visits_90 >= {{var "signal_min_events"}}
        and customers.visits_trend <= {{var "signal_falling_ratio"}}
      ),
      (
        'tickets',
        customers.tickets_90::double,
        0.0,
        {{var "signal_tickets"}}::double,
        customers.tickets_90 >= {{var "signal_tickets"}}
      ),
      (
        'returns',
        customers.returns_90::double,
        0.0,
        {{var "signal_returns"}}::double,
        customers.returns_90 >= {{var "signal_returns"}}
      ),
      (
        'silence_near_threshold',
        customers.days_since_order::double / customers.purchase_threshold_days,
        0.0,
        {{var "at_risk_share"}}::double,
        customers.days_since_order >= customers.purchase_threshold_days * {{var "at_risk_share"}}::double
      )
  ) as signals(signal, value, baseline, threshold, fired)
  join {{ref "signal_weights"}} as weights using (signal)
),

scores as (
  select
    customer_id,
    cast(round(100.0 * sum(weight) filter (where fired) / sum(weight)) as integer) as score
  from signals
  group by customer_id
)

select
  signals.customer_id,
  signals.signal,
  signals.value,
  cast(signals.baseline as double) as baseline,
  signals.threshold,
  signals.fired,
  case
    when not signals.fired then 'none'
    when signals.weight >= 3 then 'high'
    when signals.weight >= 2 then 'medium'
    else 'low'
  end as severity,
  coalesce(scores.score, 0) as score,
  -- Negative: overdue. NULL: too few orders for a habit.
  cast(round(signals.median_gap_days) as integer) - cast(signals.days_since_order as integer) as days_to_expected_order,
  {{> as_of_date}} as as_of_date
from signals
join scores using (customer_id)
