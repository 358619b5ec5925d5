with records as (
  select
    {{> id_text column="refund_id"}} as refund_id,
    {{> id_text column="order_id"}} as order_id,
    {{> local_timestamp column="refunded_at"}} as refunded_at,
    {{> money amount="coalesce(amount, 0)"}} as amount,
    {{> clean_text column="reason"}} as reason,
    coalesce(cast(is_cancellation as boolean), false) as is_cancellation
  from {{ref "raw_refunds"}}
)

select
  refund_id,
  order_id,
  refunded_at,
  cast(refunded_at as date) as refunded_on,
  amount,
  reason,
  is_cancellation
from records
where cast(refunded_at as date) <= {{> as_of_date}}
qualify row_number() over (partition by refund_id order by refunded_at desc, amount desc, order_id, is_cancellation) = 1
