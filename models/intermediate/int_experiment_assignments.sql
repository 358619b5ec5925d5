-- By assignment, not by exposure. Two accounts of one person may be drawn into both arms: the first draw counts.
select
  experiments.experiment_id,
  coalesce(people.customer_id, experiments.customer_id) as customer_id,
  experiments.arm,
  experiments.campaign_id,
  experiments.incentive_id,
  experiments.assigned_at,
  experiments.assigned_on,
  experiments.exposed_at,
  coalesce(experiments.planned_treatment_share, 0.5) as planned_treatment_share
from {{ref "stg_experiments"}} as experiments
left join {{ref "int_account_people"}} as people on people.account_id = experiments.customer_id
qualify row_number() over (
  partition by experiments.experiment_id, coalesce(people.customer_id, experiments.customer_id)
  order by experiments.assigned_at, experiments.arm desc, experiments.customer_id
) = 1
