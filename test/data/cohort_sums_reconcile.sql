-- The cohorts hold every buyer once, and in n_day x purchase all their orders that lie within the shown months.
with buyers as (
  select
    customer_id,
    sum(orders) as orders,
    max(date_diff('month', first_on, active_on)) as last_k
  from (
    select *, min(active_on) filter (where bought) over (partition by customer_id) as first_on
    from {{ref "int_customer_days"}}
  )
  where first_on is not null
  group by customer_id
),

expected as (
  select
    count(*) as people,
    coalesce(sum(orders), 0) as orders
  from buyers
  having coalesce(max(last_k), 0) <= {{var "cohort_max_periods"}}
),

shown as (
  select
    coalesce(sum(cohort_size) filter (where k = 0), 0) as people,
    coalesce(sum(orders), 0) as orders
  from {{ref "cohort_retention"}}
  where mode = 'n_day' and activity = 'purchase'
)

select *
from expected, shown
where expected.people <> shown.people or expected.orders <> shown.orders
