select * from "main"."customers" where age >= 18
