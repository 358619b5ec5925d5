with records as (
  select
    {{> id_text column="incentive_id"}} as incentive_id,
    {{> id_text column="customer_id"}} as customer_id,
    lower({{> clean_text column="type"}}) as type,
    {{> money amount="value"}} as value,
    {{> local_timestamp column="issued_at"}} as issued_at,
    {{> local_timestamp column="expires_at"}} as expires_at,
    {{> id_text column="redeemed_order_id"}} as redeemed_order_id
  from {{ref "raw_incentives"}}
)

select
  incentive_id,
  customer_id,
  type,
  value,
  issued_at,
  cast(issued_at as date) as issued_on,
  expires_at,
  redeemed_order_id
from records
where cast(issued_at as date) <= {{> as_of_date}}
qualify row_number() over (
  partition by incentive_id, customer_id, issued_at
  order by redeemed_order_id nulls last, value desc, type
) = 1
