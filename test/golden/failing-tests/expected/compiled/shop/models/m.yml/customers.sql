select id, email, age from "main"."people"
