select "day", count(*) as n_records
from "main"."totals"
where "day" is not null
group by "day"
having count(*) > 1
