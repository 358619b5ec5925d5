-- The audience as it is now against what its export sent last. Of the people sent, only a hash is known.
with wanted as (
  select * from {{ref "int_audience_members"}} where not is_held_out and not is_suppressed
),

sent as (
  select
    exports.audience,
    members.export_name,
    members.member_key,
    min(members.first_sent_at) as first_sent_at,
    max(members.sent_at) as last_sent_at
  from {{ref "stg_export_members"}} as members
  join {{ref "audience_exports"}} as exports using (export_name)
  group by exports.audience, members.export_name, members.member_key
),

compared as (
  select
    coalesce(wanted.audience, sent.audience) as audience,
    coalesce(wanted.export_name, sent.export_name) as export_name,
    coalesce(wanted.member_key, sent.member_key) as member_key,
    case
      when sent.member_key is null then 'entered'
      when wanted.member_key is null then 'left'
      else 'stayed'
    end as change,
    wanted.reason,
    wanted.valid_until,
    sent.first_sent_at,
    sent.last_sent_at
  from wanted
  full join sent on sent.audience = wanted.audience and sent.member_key = wanted.member_key
)

select
  compared.audience,
  people.customer_id,
  compared.member_key,
  compared.export_name,
  compared.change,
  case
    when compared.change <> 'left' then compared.reason
    when members.is_held_out then 'held_out'
    when barred.customer_id is not null then 'do_not_contact'
    when people.customer_id is null then 'unknown_by_now'
    else 'left_audience'
  end as reason,
  compared.valid_until,
  compared.first_sent_at,
  compared.last_sent_at,
  {{> as_of_date}} as as_of_date
from compared
left join {{ref "int_customers_unified"}} as people on sha256(people.customer_id) = compared.member_key
left join {{ref "int_audience_members"}} as members
  on members.audience = compared.audience and members.member_key = compared.member_key
-- Who withdrew consent or asked to be deleted is in no audience any more, and that is why.
left join {{ref "audience_do_not_contact"}} as barred on barred.customer_id = people.customer_id
