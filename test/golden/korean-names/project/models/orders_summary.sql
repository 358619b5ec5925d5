select 고객, sum(금액)::integer as 금액
from {{ref "raw_orders"}}
group by 고객
order by 고객
