-- People enter an audience day by day: those whose window is over are judged, and the others wait, unless all of them do.
with outcomes as (
  select *
  from {{ref "int_experiment_outcomes"}}
  where origin = 'export'
  qualify is_observed or not bool_or(is_observed) over (partition by experiment_id)
),

waiting as (
  select experiment_id, count(*) filter (where not is_observed) as n_waiting
  from {{ref "int_experiment_outcomes"}}
  where origin = 'export'
  group by experiment_id
),

effects as (
  {{> effects outcomes="outcomes"}}
)

select effects.*, waiting.n_waiting from effects join waiting using (experiment_id)
