select ammount from "main"."good"
