select *
from "main"."customers"
where "id" is null
