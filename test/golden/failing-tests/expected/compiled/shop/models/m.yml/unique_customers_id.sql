select "id", count(*) as n_records
from "main"."customers"
where "id" is not null
group by "id"
having count(*) > 1
