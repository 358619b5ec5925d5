with paid as (
  select * from {{ref "stg_orders"}} where status = '결제'
)
select day, sum(amount) as amount, count(*) as orders
from paid
where day <= {{literal (var "as_of")}}::date
group by day
