with events as (
  select *
  from {{ref "int_app_events_owned"}}
  where customer_id is not null and event_type in ('install', 'open', 'uninstall')
),

-- An app that opens is installed, whatever the last removal said. In one instant the presence wins: nobody is addressed by mistake.
device_states as (
  select
    customer_id,
    device_key,
    occurred_at,
    event_id,
    event_type <> 'uninstall' as is_present,
    lag(event_type <> 'uninstall') over (
      partition by customer_id, device_key
      order by occurred_at, event_type <> 'uninstall', event_id
    ) as was_present
  from events
),

-- A device whose first event is its removal had the app before the data began.
changes as (
  select
    customer_id,
    device_key,
    occurred_at,
    event_id,
    if(is_present, 1, -1) as change
  from device_states
  where is_present is distinct from was_present
  union all
  select customer_id, device_key, null, event_id, 1
  from device_states
  where was_present is null and not is_present
),

counted as (
  select
    *,
    sum(change) over (
      partition by customer_id
      order by occurred_at nulls first, change desc, event_id rows between unbounded preceding and current row
    ) as devices_with_app
  from changes
)

select
  customer_id,
  device_key,
  occurred_at,
  change > 0 as is_install,
  cast(devices_with_app as integer) as devices_with_app,
  devices_with_app = 0 as is_last_removal,
  change > 0 and devices_with_app = 1
    and row_number() over (
      partition by customer_id
      order by occurred_at nulls first, change desc, event_id
    ) > 1 as is_return
from counted
