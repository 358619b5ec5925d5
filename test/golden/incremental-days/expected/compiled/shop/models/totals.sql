select day, sum(amount)::integer as amount
from "main"."events"
group by day
