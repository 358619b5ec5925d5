with "__retain__cte__one" as (
-- the first step
select 1 as n
),
"__retain__cte__two" as (
with doubled as (select n * 2 as n from "__retain__cte__one")
select n from doubled
),
"__retain__cte__three" as (
select a.n + b.n as n from "__retain__cte__one" as a cross join "__retain__cte__two" as b
)
select n from "__retain__cte__three" union all select n from "__retain__cte__two"
