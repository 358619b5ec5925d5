select "net" from "main"."prices" where "net" > 20
