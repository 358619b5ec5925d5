with sales as (
  select
    ordered_on as day,
    count(*) as orders,
    count(*) filter (where is_first_order) as new_customers,
    sum(gross) as gross,
    sum(net) as net
  from {{ref "int_orders_net"}}
  where is_valid
  group by ordered_on
),

visits as (
  select started_on as day, count(*) as sessions from {{ref "stg_sessions"}} group by started_on
),

bounds as (
  select min(day) as first_day from (select day from sales union all select day from visits)
),

-- Every day counts, also one on which nothing happened.
days as (
  select cast(unnest(generate_series(first_day, {{> as_of_date}}, interval 1 day)) as date) as day
  from bounds
  where first_day is not null
)

select
  days.day,
  metrics.metric,
  case metrics.metric
    when 'orders' then coalesce(sales.orders, 0)
    when 'new_customers' then coalesce(sales.new_customers, 0)
    when 'gross' then coalesce(sales.gross, 0)
    when 'net' then coalesce(sales.net, 0)
    when 'sessions' then coalesce(visits.sessions, 0)
  end::decimal(18, 2) as value
from days
cross join (values ('orders'), ('new_customers'), ('gross'), ('net'), ('sessions')) as metrics(metric)
left join sales using (day)
left join visits using (day)
