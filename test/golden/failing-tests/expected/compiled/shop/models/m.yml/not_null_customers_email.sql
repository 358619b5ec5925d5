select *
from "main"."customers"
where "email" is null
