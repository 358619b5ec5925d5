select day from "main"."daily_sales" order by amount desc limit 1
