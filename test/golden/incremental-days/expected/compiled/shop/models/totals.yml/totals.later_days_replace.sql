select day, sum(amount)::integer as amount
from "totals.later_days_replace"."events"
where day >= (select max(day) from "totals.later_days_replace"."totals")
group by day
