select "zip", count(*) as n_records
from "main"."zips"
where "zip" is not null
group by "zip"
having count(*) > 1
