-- Who leaves a segment arrives in another: what came into a segment by the end of a month is what goes out of it in the next.
with arriving as (
  select month, to_segment as segment, sum(customers) as customers
  from {{ref "rfm_segment_migration"}}
  group by month, to_segment
),

leaving as (
  select
    cast(month - interval 1 month as date) as month,
    from_segment as segment,
    sum(customers) as customers
  from {{ref "rfm_segment_migration"}}
  where from_segment <> '(new)'
  group by month, from_segment
)

select *
from arriving
join leaving using (month, segment)
where arriving.customers <> leaving.customers
