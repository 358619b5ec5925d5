with records as (
  select
    {{> id_text column="ticket_id"}} as ticket_id,
    {{> id_text column="customer_id"}} as customer_id,
    {{> id_text column="order_id"}} as order_id,
    {{> local_timestamp column="opened_at"}} as opened_at,
    {{> local_timestamp column="first_reply_at"}} as first_reply_at,
    {{> local_timestamp column="solved_at"}} as solved_at,
    lower({{> clean_text column="channel"}}) as channel,
    lower({{> clean_text column="topic"}}) as topic,
    cast(satisfaction as integer) as satisfaction
  from {{ref "raw_tickets"}}
)

select
  ticket_id,
  customer_id,
  order_id,
  opened_at,
  cast(opened_at as date) as opened_on,
  case
    when cast(first_reply_at as date) <= {{> as_of_date}} then first_reply_at
  end as first_reply_at,
  case when cast(solved_at as date) <= {{> as_of_date}} then solved_at end as solved_at,
  channel,
  topic,
  case
    when cast(coalesce(solved_at, opened_at) as date) <= {{> as_of_date}} then satisfaction
  end as satisfaction
from records
where cast(opened_at as date) <= {{> as_of_date}}
-- A ticket goes on: the record that knows most is the newest.
qualify row_number() over (
  partition by ticket_id
  order by
    records.solved_at desc nulls last,
    records.first_reply_at desc nulls last,
    records.satisfaction desc nulls last,
    topic,
    channel
) = 1
