select "n", count(*) as n_records
from "main"."ends"
where "n" is not null
group by "n"
having count(*) > 1
