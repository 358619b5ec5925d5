select *
from "main"."count_of_people"
where not (n = 4
)
