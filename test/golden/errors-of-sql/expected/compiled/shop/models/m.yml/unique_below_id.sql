select "id", count(*) as n_records
from "main"."below"
where "id" is not null
group by "id"
having count(*) > 1
