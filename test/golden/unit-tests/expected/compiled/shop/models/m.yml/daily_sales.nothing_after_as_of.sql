with paid as (
  select * from "daily_sales.nothing_after_as_of"."stg_orders" where status = '결제'
)
select day, sum(amount) as amount, count(*) as orders
from paid
where day <= '2020-01-01'::date
group by day
