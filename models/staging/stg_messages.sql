with records as (
  select
    {{> id_text column="message_id"}} as message_id,
    {{> id_text column="campaign_id"}} as campaign_id,
    {{> id_text column="flow_id"}} as flow_id,
    {{> clean_text column="variant"}} as variant,
    lower({{> clean_text column="channel"}}) as channel,
    {{> id_text column="customer_id"}} as customer_id,
    {{> normalised_email email="address"}} as email,
    nullif(regexp_replace({{> clean_text column="address"}}, '[^0-9]', '', 'g'), '') as phone_digits,
    {{> local_timestamp column="sent_at"}} as sent_at,
    lower({{> clean_text column="dropped_reason"}}) as dropped_reason,
    {{> id_text column="trigger_id"}} as trigger_id
  from {{ref "raw_messages"}}
)

select
  message_id,
  campaign_id,
  flow_id,
  variant,
  channel,
  customer_id,
  sha256(coalesce(email, phone_digits)) as address_hash,
  sent_at,
  cast(sent_at as date) as sent_on,
  dropped_reason,
  trigger_id
from records
where cast(sent_at as date) <= {{> as_of_date}}
qualify row_number() over (
  partition by message_id
  order by sent_at, dropped_reason nulls first, customer_id, email, campaign_id
) = 1
