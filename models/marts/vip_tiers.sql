with tier_periods as (
  select * from {{ref "int_tier_periods"}}
),

months as (
  select
    cast(
      unnest(generate_series(date_trunc('month', min(from_day)), {{> as_of_date}}, interval 1 month)) as date
    ) as month
  from tier_periods
),

cells as (
  select months.month, least(last_day(months.month), {{> as_of_date}}) as month_end, rules.tier
  from months
  cross join {{ref "loyalty_tier_rules"}} as rules
),

members as (
  select cells.month, cells.tier, tier_periods.customer_id
  from cells
  join tier_periods
    on tier_periods.tier = cells.tier and tier_periods.from_day <= cells.month_end
    and (tier_periods.until_day is null or tier_periods.until_day > cells.month_end)
),

moves as (
  select
    {{> month_start date="from_day"}} as month,
    tier,
    count(*) filter (where change = 'upgrade') as upgrades,
    count(*) filter (where change = 'downgrade') as downgrades,
    count(*) filter (where change = 'joined') as joined
  from tier_periods
  group by 1, tier
),

revenue as (
  select {{> month_start date="ordered_on"}} as month, customer_id, sum(net) as net
  from {{ref "int_orders_net"}}
  where is_valid
  group by 1, customer_id
),

revenue_of_months as (
  select month, sum(net) as net from revenue group by month
),

counted as (
  select
    members.month,
    members.tier,
    count(*) as members,
    sum(revenue.net) as net
  from members
  left join revenue on revenue.month = members.month and revenue.customer_id = members.customer_id
  group by members.month, members.tier
)

select
  cells.month,
  cells.tier,
  coalesce(counted.members, 0) as members,
  coalesce(moves.joined, 0) as joined,
  coalesce(moves.upgrades, 0) as upgrades,
  coalesce(moves.downgrades, 0) as downgrades,
  {{> money amount="coalesce(counted.net, 0)"}} as net,
  {{> safe_ratio numerator="coalesce(counted.net, 0)" denominator="revenue_of_months.net"}} as revenue_share,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from cells
left join counted using (month, tier)
left join moves using (month, tier)
left join revenue_of_months using (month)
