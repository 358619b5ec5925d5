select 1 + 2 + 3 as added, 1, 2, 3, 1350.5 as usd, 1 as krw, null as nothing, "sum of DE" from "analytics"."inline" limit 3
