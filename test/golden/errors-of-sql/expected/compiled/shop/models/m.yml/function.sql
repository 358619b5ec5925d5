select summ(amount) from "main"."good"
