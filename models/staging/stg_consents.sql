with records as (
  select
    {{> id_text column="customer_id"}} as customer_id,
    lower({{> clean_text column="channel"}}) as channel,
    lower({{> clean_text column="status"}}) as status,
    {{> local_timestamp column="changed_at"}} as changed_at,
    {{> clean_text column="reason"}} as reason
  from {{ref "raw_consents"}}
)

select
  customer_id,
  channel,
  status,
  changed_at,
  cast(changed_at as date) as changed_on,
  reason
from records
where cast(changed_at as date) <= {{> as_of_date}}
-- Yes and no in the same instant: no.
qualify
  row_number() over (partition by customer_id, channel, changed_at order by status = 'opt_out' desc, status, reason) = 1
