select amount from "main"."good"
