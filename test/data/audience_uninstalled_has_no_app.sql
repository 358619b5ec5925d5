-- Straight from the events: nobody in the audience has a device whose last word is that the app is there.
with last_words as (
  select customer_id, device_key, arg_max(event_type, occurred_at) as last_event
  from {{ref "int_app_events_owned"}}
  where event_type in ('install', 'open', 'uninstall')
  group by customer_id, device_key
)

select audience.customer_id
from {{ref "audience_uninstalled_users"}} as audience
join last_words using (customer_id)
where last_words.last_event <> 'uninstall'
