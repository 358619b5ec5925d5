with doubled as (select n * 2 as n from {{ref "one"}})
select n from doubled
