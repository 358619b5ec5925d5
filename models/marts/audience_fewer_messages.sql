-- Who answers on no channel and uses the app all the same: write less, and say it in the app.
with answers as (
  select
    customer_id,
    sum(responses) as responses,
    sum(exposures) as exposures
  from {{ref "channel_affinity"}}
  group by customer_id
),

app_users as (
  select distinct customer_id
  from {{ref "int_customer_days"}}
  where visited_app and active_on > {{> as_of_date}} - {{var "active_audience_days"}}
)

select
  answers.customer_id,
  answers.exposures,
  'ignores_every_channel_but_uses_the_app' as reason,
  {{> as_of_date}} as as_of_date
from answers
join app_users using (customer_id)
where answers.responses = 0 and answers.exposures >= {{var "fewer_messages_min_exposures"}}
