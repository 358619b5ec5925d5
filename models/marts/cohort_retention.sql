with calendar as (
  {{> cohort_grid grain="month" max_periods=(var "cohort_max_periods")}}
),

-- Days after the first order instead of calendar months: everybody of a cohort has the same time. The last row is for a list without any.
brackets as (
  select *
  from (
    values
      {{#each (var "cohort_brackets") as |days i|}}({{i}}, {{lookup days 0}}, {{lookup days 1}}),
    {{/each}}(null::integer, null::integer, null::integer)
  ) as brackets(k, first_day, last_day)
  where k is not null
),

members as (
  select
    customer_id,
    min(active_on) as first_on,
    {{> month_start date="min(active_on)"}} as cohort_period
  from {{ref "int_customer_days"}}
  where bought
  group by customer_id
),

came as (
  select
    members.cohort_period,
    members.customer_id,
    brackets.k,
    bool_or(days.bought) as bought,
    bool_or(days.visited) as visited,
    sum(days.orders) as orders,
    sum(days.net) as net
  from members
  join {{ref "int_customer_days"}} as days on days.customer_id = members.customer_id
  join brackets on days.active_on between members.first_on + brackets.first_day and members.first_on + brackets.last_day
  group by members.cohort_period, members.customer_id, brackets.k
),

bracketed as (
  select
    calendar.cohort_period,
    brackets.k,
    brackets.first_day,
    brackets.last_day,
    any_value(calendar.cohort_size) as cohort_size,
    any_value(calendar.is_left_censored) as is_left_censored,
    count(came.customer_id) filter (where came.bought) as bought,
    count(came.customer_id) filter (where came.visited) as visited,
    coalesce(sum(came.orders), 0) as orders,
    coalesce(sum(came.net), 0) as net,
    last_day(calendar.cohort_period) + brackets.last_day <= {{> as_of_date}} as is_complete
  from (select distinct cohort_period, cohort_size, is_left_censored from calendar) as calendar
  cross join brackets
  left join came on came.cohort_period = calendar.cohort_period and came.k = brackets.k
  where calendar.cohort_period + brackets.first_day <= {{> as_of_date}}
  group by calendar.cohort_period, brackets.k, brackets.first_day, brackets.last_day
)

select *, null::integer as bracket_from_day, null::integer as bracket_to_day from calendar

union all by name

select
  bracketed.cohort_period,
  'month' as cohort_grain,
  cast(bracketed.k as integer) as k,
  'bracket' as mode,
  kinds.activity,
  bracketed.cohort_size,
  if(kinds.activity = 'purchase', bracketed.bought, bracketed.visited) as retained,
  case
    when bracketed.is_complete
      then {{> safe_ratio numerator="if(kinds.activity = 'purchase', bracketed.bought, bracketed.visited)" denominator="bracketed.cohort_size"}}
  end as retention_rate,
  cast(bracketed.orders as bigint) as orders,
  {{> money amount="bracketed.net"}} as net,
  null as cumulative_net_per_customer,
  bracketed.is_complete,
  bracketed.is_left_censored,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date,
  cast(bracketed.first_day as integer) as bracket_from_day,
  cast(bracketed.last_day as integer) as bracket_to_day
from bracketed
cross join (values ('purchase'), ('visit')) as kinds(activity)
