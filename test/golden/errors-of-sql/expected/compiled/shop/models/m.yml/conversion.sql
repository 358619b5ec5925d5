select word::integer as n from "main"."good"
