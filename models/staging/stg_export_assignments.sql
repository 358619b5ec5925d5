-- Not cut off at as_of: whoever was drawn after it is nobody's effect yet, and shows that the draw was made.
with sent as (
  select export_name, member_key, min(first_sent_at) as first_sent_at
  from {{ref "stg_export_members"}}
  group by export_name, member_key
),

assignments as (
  select
    export_name,
    member_key,
    arm,
    cast(planned_treatment_share as decimal(5, 4)) as planned_treatment_share,
    {{> local_timestamp column="assigned_at at time zone 'UTC'"}} as assigned_at
  from {{source "exports" "export_assignments"}}
  where target = {{literal target.name}}
)

select
  assignments.export_name,
  assignments.member_key,
  assignments.arm,
  assignments.planned_treatment_share,
  assignments.assigned_at,
  cast(assignments.assigned_at as date) as assigned_on,
  sent.first_sent_at
from assignments
left join sent using (export_name, member_key)
