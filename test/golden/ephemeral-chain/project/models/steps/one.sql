-- the first step
select 1 as n
