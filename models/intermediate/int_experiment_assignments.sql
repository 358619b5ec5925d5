with draws as (
  select
    experiments.experiment_id,
    coalesce(people.customer_id, experiments.customer_id) as customer_id,
    experiments.customer_id as account_id,
    experiments.arm,
    'experiment' as origin,
    experiments.campaign_id,
    experiments.incentive_id,
    experiments.assigned_at,
    experiments.assigned_on,
    experiments.exposed_at,
    coalesce(experiments.planned_treatment_share, 0.5) as planned_treatment_share
  from {{ref "stg_experiments"}} as experiments
  left join {{ref "int_account_people"}} as people on people.account_id = experiments.customer_id
  union all
  -- An export with a holdout is an experiment, too. Who is in it is known by a hash alone; one without a holdout has none to compare.
  select
    assignments.export_name,
    people.customer_id,
    people.customer_id,
    assignments.arm,
    'export',
    null,
    null,
    assignments.assigned_at,
    assignments.assigned_on,
    assignments.first_sent_at,
    assignments.planned_treatment_share
  from {{ref "stg_export_assignments"}} as assignments
  join {{ref "int_customers_unified"}} as people on sha256(people.customer_id) = assignments.member_key
  where assignments.planned_treatment_share < 1
)

-- By assignment, not by exposure. Two accounts of one person may be drawn into both arms: the first draw counts.
select * exclude (account_id)
from draws
qualify row_number() over (partition by experiment_id, customer_id order by assigned_at, arm desc, account_id) = 1
