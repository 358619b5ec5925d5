with paid as (
  select * from "main"."stg_orders" where status = '결제'
)
select day, sum(amount) as amount, count(*) as orders
from paid
where day <= '2026-06-30'::date
group by day
