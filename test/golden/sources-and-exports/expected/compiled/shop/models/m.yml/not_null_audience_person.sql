select *
from "main"."audience"
where "person" is null
