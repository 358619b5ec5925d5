-- Unsubscribing through a mail, or reporting one as spam, is an answer, too.
with answers as (
  select
    coalesce(people.customer_id, consents.customer_id) as person_id,
    consents.status,
    consents.changed_at,
    consents.changed_on
  from {{ref "stg_consents"}} as consents
  left join {{ref "int_account_people"}} as people on people.account_id = consents.customer_id
  where consents.channel = 'email'
  union all
  select
    customer_id,
    'opt_out',
    least(unsubscribed_at, complained_at),
    cast(least(unsubscribed_at, complained_at) as date)
  from {{ref "int_message_recipient"}}
  where channel = 'email' and customer_id is not null and (unsubscribed_at is not null or complained_at is not null)
),

changes as (
  select
    *,
    lag(status) over (partition by person_id order by changed_at, status) as status_before,
    bool_or(status = 'opt_in') over (
      partition by person_id
      order by changed_at, status rows between unbounded preceding and 1 preceding
    ) as was_ever_subscribed
  from answers
),

counted as (
  select
    {{> month_start date="changed_on"}} as month,
    count(*) filter (
      where status = 'opt_in' and status_before is distinct from 'opt_in' and not coalesce(was_ever_subscribed, false)
    ) as signups,
    count(*) filter (where status = 'opt_in' and status_before = 'opt_out' and was_ever_subscribed) as resubscribed,
    count(*) filter (where status = 'opt_out' and status_before = 'opt_in') as unsubscribed
  from changes
  group by 1
),

newcomers as (
  select {{> month_start date="reach_on"}} as month, count(*) as new_people
  from {{ref "int_lifecycle_dates"}}
  where reach_on is not null
  group by 1
)

select
  counted.month,
  counted.signups,
  counted.resubscribed,
  counted.unsubscribed,
  counted.signups + counted.resubscribed - counted.unsubscribed as net_change,
  cast(
    sum(counted.signups + counted.resubscribed - counted.unsubscribed) over (order by counted.month) as bigint
  ) as subscribers_at_end,
  coalesce(newcomers.new_people, 0) as new_people,
  {{> safe_ratio numerator="counted.signups" denominator="newcomers.new_people"}} as signups_per_new_person,
  last_day(counted.month) > {{> as_of_date}} as is_partial,
  {{> as_of_date}} as as_of_date
from counted
left join newcomers using (month)
