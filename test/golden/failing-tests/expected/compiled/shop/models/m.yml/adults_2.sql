select *
from "main"."customers"
where false or "age" < (18
)
