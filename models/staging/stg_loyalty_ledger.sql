with records as (
  select
    {{> id_text column="entry_id"}} as entry_id,
    {{> id_text column="customer_id"}} as customer_id,
    lower({{> clean_text column="entry_type"}}) as entry_type,
    cast(points as integer) as points,
    {{> local_timestamp column="\"at\""}} as booked_at,
    {{> id_text column="order_id"}} as order_id
  from {{ref "raw_loyalty_ledger"}}
)

select
  entry_id,
  customer_id,
  entry_type,
  points,
  booked_at as "at",
  cast(booked_at as date) as on_day,
  order_id
from records
where cast(booked_at as date) <= {{> as_of_date}}
qualify row_number() over (partition by entry_id order by booked_at, points, entry_type, customer_id) = 1
