with records as (
  select
    {{> id_text column="customer_id"}} as customer_id,
    {{> id_text column="store_id"}} as store_id,
    {{> local_timestamp column="visited_at"}} as visited_at
  from {{ref "raw_store_visits"}}
)

select distinct customer_id, store_id, visited_at, cast(visited_at as date) as visited_on
from records
where customer_id is not null and cast(visited_at as date) <= {{> as_of_date}}
