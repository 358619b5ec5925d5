select count(*) as n from "main"."people"
