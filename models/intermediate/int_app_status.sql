with presence as (
  select * from {{ref "int_app_presence"}}
),

totals as (
  select
    customer_id,
    count(distinct device_key) as devices,
    cast(sum(if(is_install, 1, -1)) as integer) as devices_with_app,
    max(occurred_at) filter (where is_install) as last_installed_at,
    max(occurred_at) filter (where is_last_removal) as last_removed_at,
    max(occurred_at) filter (where is_return) as last_returned_at
  from presence
  group by customer_id
),

-- A usable advertising id before an all-zero one, a newer before an older.
advertising_ids as (
  select customer_id, advertising_id, platform
  from {{ref "int_app_events_owned"}}
  where customer_id is not null and advertising_id is not null
  qualify row_number() over (
    partition by customer_id
    order by regexp_full_match(advertising_id, '[0-]*'), occurred_at desc, event_id desc
  ) = 1
)

select
  totals.customer_id,
  totals.devices,
  totals.devices_with_app,
  totals.last_installed_at,
  totals.devices_with_app = 0 as is_uninstalled,
  case when totals.devices_with_app = 0 then totals.last_removed_at end as uninstalled_at,
  case
    when totals.devices_with_app = 0
      and totals.last_removed_at <= totals.last_installed_at + to_days(cast({{var "early_uninstall_days"}} as integer))
        then 'soon_after_install'
    when totals.devices_with_app = 0 then 'after_use'
  end as uninstall_reason,
  totals.last_returned_at as reinstalled_at,
  advertising_ids.advertising_id,
  advertising_ids.platform
from totals
left join advertising_ids using (customer_id)
