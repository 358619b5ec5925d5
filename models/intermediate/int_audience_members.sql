with members as (
  select 'audience_uninstalled_users' as audience, customer_id, reason, valid_until
  from {{ref "audience_uninstalled_users"}}
  union all
  select 'audience_lapsed_buyers', customer_id, reason, valid_until from {{ref "audience_lapsed_buyers"}}
  union all
  select 'audience_at_risk_high_value', customer_id, reason, valid_until from {{ref "audience_at_risk_high_value"}}
  union all
  select 'audience_cancelled_premium', customer_id, reason, valid_until from {{ref "audience_cancelled_premium"}}
  union all
  select 'audience_abandoned_cart', customer_id, reason, valid_until from {{ref "audience_abandoned_cart"}}
  union all
  select 'audience_message_silent', customer_id, reason, valid_until from {{ref "audience_message_silent"}}
  union all
  select 'audience_winback', customer_id, reason, valid_until from {{ref "audience_winback"}}
  union all
  select 'audience_vip_lookalike', customer_id, reason, valid_until from {{ref "audience_vip_lookalike"}}
  union all
  select 'audience_active_users', customer_id, reason, valid_until from {{ref "audience_active_users"}}
)

select
  members.audience,
  exports.export_name,
  members.customer_id,
  sha256(members.customer_id) as member_key,
  members.reason,
  members.valid_until,
  coalesce(assignments.arm = 'holdout', false) as is_held_out,
  barred.customer_id is not null as is_suppressed
from members
left join {{ref "audience_exports"}} as exports using (audience)
left join {{ref "stg_export_assignments"}} as assignments
  on assignments.export_name = exports.export_name and assignments.member_key = sha256(members.customer_id)
left join {{ref "audience_do_not_contact"}} as barred on barred.customer_id = members.customer_id
