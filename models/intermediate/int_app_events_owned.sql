with events as (
  select *, coalesce(device_id, 'unknown:' || customer_id) as device_key from {{ref "stg_app_events"}}
),

-- Removals come from the push service and seldom name a customer: they belong to whoever was signed in before, or else
-- to the first who signed in after.
with_account as (
  select
    *,
    coalesce(
      customer_id,
      last_value(customer_id ignore nulls) over (
        partition by device_key
        order by occurred_at, event_id rows between unbounded preceding and current row
      ),
      first_value(customer_id ignore nulls) over (
        partition by device_key
        order by occurred_at, event_id rows between current row and unbounded following
      )
    ) as account_id
  from events
)

select
  with_account.event_id,
  with_account.event_type,
  with_account.device_key,
  links.customer_id,
  with_account.occurred_at,
  with_account.occurred_on,
  with_account.advertising_id,
  with_account.platform
from with_account
left join {{ref "int_identity_links"}} as links
  on links.link_type = 'account' and links.link_key = with_account.account_id
