with records as (
  select
    {{> id_text column="event_id"}} as event_id,
    lower({{> clean_text column="event_type"}}) as event_type,
    {{> id_text column="device_id"}} as device_id,
    {{> id_text column="customer_id"}} as customer_id,
    {{> local_timestamp column="occurred_at"}} as occurred_at,
    lower({{> clean_text column="advertising_id"}}) as advertising_id,
    lower({{> clean_text column="platform"}}) as platform
  from {{ref "raw_app_events"}}
)

select
  event_id,
  event_type,
  device_id,
  customer_id,
  occurred_at,
  cast(occurred_at as date) as occurred_on,
  advertising_id,
  platform
from records
where cast(occurred_at as date) <= {{> as_of_date}}
qualify row_number() over (
  partition by event_id
  order by occurred_at desc, customer_id, device_id, event_type, advertising_id
) = 1
