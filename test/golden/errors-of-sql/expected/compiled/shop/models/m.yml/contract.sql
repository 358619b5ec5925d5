select id, word, amount from "main"."good"
