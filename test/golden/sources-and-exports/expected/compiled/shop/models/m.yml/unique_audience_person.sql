select "person", count(*) as n_records
from "main"."audience"
where "person" is not null
group by "person"
having count(*) > 1
