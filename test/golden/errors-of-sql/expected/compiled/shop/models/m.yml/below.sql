select * from "main"."column"
