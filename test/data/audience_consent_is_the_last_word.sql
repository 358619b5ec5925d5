-- Straight from the answers: the newest answer about ads of any account of the person is a yes.
with answers as (
  select links.customer_id, arg_max(consents.status, consents.changed_at) as last_answer
  from {{ref "stg_consents"}} as consents
  join {{ref "int_identity_links"}} as links
    on links.link_type = 'account' and links.link_key = consents.customer_id
  where consents.channel = 'ads'
  group by links.customer_id
)

select audience.customer_id, answers.last_answer
from {{ref "audience_uninstalled_users"}} as audience
left join answers using (customer_id)
where answers.last_answer is distinct from 'opt_in'
