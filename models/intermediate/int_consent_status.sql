with statements as (
  select
    links.customer_id,
    consents.channel,
    consents.status,
    consents.changed_at,
    consents.reason
  from {{ref "stg_consents"}} as consents
  join {{ref "int_identity_links"}} as links
    on links.link_type = 'account' and links.link_key = consents.customer_id
  union all
  -- Who unsubscribes through a message has answered; so has who reports a mail as spam, also when a yes lies between the two.
  select customer_id, channel, 'opt_out', unsubscribed_at, null
  from {{ref "int_message_recipient"}}
  where customer_id is not null and unsubscribed_at is not null
  union all
  select customer_id, channel, 'opt_out', complained_at, null
  from {{ref "int_message_recipient"}}
  where customer_id is not null and complained_at is not null
),

-- Several accounts of one person: the last word counts, and in one instant a no.
ordered as (
  select
    *,
    row_number() over statements_of_person as place,
    row_number() over (
      partition by customer_id, channel
      order by changed_at desc, status = 'opt_out' desc, reason
    ) as place_from_end
  from statements
  window statements_of_person as (
    partition by customer_id, channel
    order by changed_at, status = 'opt_out', reason desc
  )
),

summary as (
  select
    customer_id,
    channel,
    min(place) filter (where status = 'opt_in') as first_yes,
    max(place) filter (where status = 'opt_in') as last_yes,
    max(changed_at) filter (where status = 'opt_in') as agreed_at
  from ordered
  group by customer_id, channel
),

-- A no that follows a yes is a withdrawal and dates from the first no after the last yes; a no from the start is none.
withdrawals as (
  select
    ordered.customer_id,
    ordered.channel,
    min(ordered.changed_at) as changed_at,
    arg_min(ordered.reason, ordered.place) as reason
  from ordered
  join summary using (customer_id, channel)
  where ordered.status = 'opt_out' and ordered.place > summary.last_yes
  group by ordered.customer_id, ordered.channel
)

select
  ordered.customer_id,
  ordered.channel,
  ordered.status,
  ordered.status = 'opt_in' as has_consent,
  ordered.changed_at,
  summary.agreed_at,
  withdrawals.changed_at as withdrawn_at,
  withdrawals.reason as withdrawal_reason
from ordered
join summary using (customer_id, channel)
left join withdrawals using (customer_id, channel)
where ordered.place_from_end = 1
