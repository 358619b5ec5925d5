select "id", count(*) as n_records
from "main"."adults"
where "id" is not null
group by "id"
having count(*) > 1
