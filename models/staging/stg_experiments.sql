with records as (
  select
    {{> id_text column="experiment_id"}} as experiment_id,
    {{> id_text column="campaign_id"}} as campaign_id,
    {{> id_text column="incentive_id"}} as incentive_id,
    {{> id_text column="customer_id"}} as customer_id,
    lower({{> clean_text column="arm"}}) as arm,
    {{> local_timestamp column="assigned_at"}} as assigned_at,
    {{> local_timestamp column="exposed_at"}} as exposed_at,
    cast(planned_treatment_share as decimal(5, 4)) as planned_treatment_share
  from {{ref "raw_experiments"}}
)

select
  experiment_id,
  campaign_id,
  incentive_id,
  customer_id,
  arm,
  assigned_at,
  cast(assigned_at as date) as assigned_on,
  case when cast(exposed_at as date) <= {{> as_of_date}} then exposed_at end as exposed_at,
  planned_treatment_share
from records
where cast(assigned_at as date) <= {{> as_of_date}}
-- Whoever was drawn twice stays where they were drawn first.
qualify row_number() over (partition by experiment_id, customer_id order by assigned_at, arm, exposed_at) = 1
