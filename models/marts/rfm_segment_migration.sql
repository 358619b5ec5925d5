with months as (
  select * from {{ref "int_rfm_monthly"}}
),

-- People come from nowhere in the month in which they are first seen; nobody goes away.
moves as (
  select
    month,
    customer_id,
    coalesce(lag(segment) over (partition by customer_id order by month), '(new)') as from_segment,
    segment as to_segment,
    net_of_month
  from months
),

first_month as (
  select min(month) as month from months
)

select
  moves.month,
  moves.from_segment,
  moves.to_segment,
  count(*) as customers,
  {{> money amount="sum(moves.net_of_month)"}} as revenue,
  {{> safe_ratio numerator="count(*)" denominator="sum(count(*)) over (partition by moves.month, moves.from_segment)"}} as share_of_from,
  last_day(moves.month) > {{> as_of_date}} as is_partial,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from moves
-- In the first month everybody would be new.
join first_month on moves.month > first_month.month
group by moves.month, moves.from_segment, moves.to_segment
