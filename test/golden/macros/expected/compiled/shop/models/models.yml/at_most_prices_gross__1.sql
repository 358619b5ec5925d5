select "gross" from "main"."prices" where "gross" > 1
