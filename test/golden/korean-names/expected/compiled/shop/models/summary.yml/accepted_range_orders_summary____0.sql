select *
from "main"."주문_요약"
where false or "금액" < (0
)
