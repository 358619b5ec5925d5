-- Experiments that somebody set up; those that exports drew are in winback_lift.
with outcomes as (
  select * from {{ref "int_experiment_outcomes"}} where origin is distinct from 'export'
),

effects as (
  {{> effects outcomes="outcomes"}}
)

select * from effects
