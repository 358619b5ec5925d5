-- A place that was left while another one goes on: a move, not a loss. The latest place left and the one that goes on most lately.
with places as (
  select
    customer_id,
    replace(activity, 'visit_', '') as place,
    max("to") as last_on,
    bool_or(is_open) as is_open,
    arg_max("from", "to") as current_from
  from {{ref "int_activity_periods"}}
  where activity in ('visit_app', 'visit_web', 'visit_store')
  group by customer_id, activity
)

select
  old_place.customer_id,
  arg_max(old_place.place, [cast(old_place.last_on as varchar), old_place.place]) as moved_from,
  arg_max(new_place.place, [cast(new_place.last_on as varchar), new_place.place]) as moved_to,
  max(old_place.last_on) as moved_on
from places as old_place
join places as new_place using (customer_id)
where not old_place.is_open and new_place.is_open and new_place.last_on > old_place.last_on
group by old_place.customer_id
