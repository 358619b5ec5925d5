with "__retain__cte__one" as (
-- the first step
select 1 as n
),
"__retain__cte__two" as (
with doubled as (select n * 2 as n from "__retain__cte__one")
select n from doubled
)
select * from "__retain__cte__two" where n > 2
