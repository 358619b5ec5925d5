with records as (
  select
    {{> id_text column="subscription_id"}} as subscription_id,
    {{> id_text column="customer_id"}} as customer_id,
    {{> clean_text column="plan"}} as plan,
    cast(started_on as date) as started_on,
    cast(ended_on as date) as ended_on,
    {{> money amount="mrr"}} as mrr,
    {{> local_timestamp column="cancel_requested_at"}} as cancel_requested_at,
    {{> clean_text column="cancel_reason"}} as cancel_reason,
    lower({{> clean_text column="end_type"}}) as end_type
  from {{ref "raw_subscriptions"}}
),

known_by_then as (
  select
    *,
    -- An end on as_of that nobody gave a reason for is where the extract ends, not the plan.
    coalesce(
      ended_on < {{> as_of_date}} or (ended_on = {{> as_of_date}} and end_type is not null),
      false
    ) as has_ended,
    coalesce(cast(cancel_requested_at as date) <= {{> as_of_date}}, false) as has_given_notice
  from records
  where started_on <= {{> as_of_date}}
)

select
  subscription_id,
  customer_id,
  plan,
  started_on,
  if(has_ended, ended_on, null) as ended_on,
  mrr,
  if(has_given_notice, cancel_requested_at, null) as cancel_requested_at,
  if(has_given_notice or has_ended, cancel_reason, null) as cancel_reason,
  if(has_ended, end_type, null) as end_type
from known_by_then
qualify row_number() over (
  partition by subscription_id
  order by
    known_by_then.ended_on desc nulls last,
    known_by_then.cancel_requested_at desc nulls last,
    mrr desc,
    plan,
    started_on
) = 1
