with records as (
  select
    {{> id_text column="campaign_id"}} as campaign_id,
    {{> clean_text column="name"}} as name,
    lower({{> clean_text column="objective"}}) as objective,
    lower({{> clean_text column="lifecycle_stage"}}) as lifecycle_stage,
    lower({{> clean_text column="channel"}}) as channel,
    {{> local_timestamp column="started_at"}} as started_at,
    {{> local_timestamp column="ended_at"}} as ended_at,
    {{> id_text column="incentive_id"}} as incentive_id,
    {{> money amount="cost"}} as cost
  from {{ref "raw_campaigns"}}
)

select
  campaign_id,
  name,
  objective,
  lifecycle_stage,
  channel,
  started_at,
  case when cast(ended_at as date) <= {{> as_of_date}} then ended_at end as ended_at,
  incentive_id,
  cost
from records
where cast(started_at as date) <= {{> as_of_date}}
qualify row_number() over (partition by campaign_id order by started_at, name, objective) = 1
