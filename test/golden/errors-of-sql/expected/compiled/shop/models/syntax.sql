-- 주문을 세는 모델
select
  id,
  '결제 완료' as status
  count(*) as orders
from "main"."good"
group by id
