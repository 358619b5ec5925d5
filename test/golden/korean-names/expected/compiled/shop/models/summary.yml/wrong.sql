select '한국어 문자열' as 이름, 없는_열 from "main"."raw_orders"
