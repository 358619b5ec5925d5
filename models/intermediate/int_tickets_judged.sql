with tickets as (
  select
    tickets.*,
    people.customer_id as person_id,
    {{> month_start date="tickets.opened_on"}} as month,
    {{> hours_between from="tickets.opened_at" until="tickets.first_reply_at"}} as first_reply_hours,
    {{> hours_between from="tickets.opened_at" until="tickets.solved_at"}} as resolution_hours,
    tickets.opened_on + {{var "ticket_churn_days"}} <= {{> as_of_date}} as is_window_over
  from {{ref "stg_tickets"}} as tickets
  left join {{ref "int_account_people"}} as people on people.account_id = tickets.customer_id
),

activity as (
  select
    tickets.ticket_id,
    bool_or(days.bought and days.active_on <= tickets.opened_on) as had_bought,
    bool_or(
      days.active_on > tickets.opened_on and days.active_on <= tickets.opened_on + {{var "ticket_churn_days"}}
    ) as was_seen_after
  from tickets
  join {{ref "int_customer_days"}} as days on days.customer_id = tickets.person_id
  group by tickets.ticket_id
)

select
  tickets.ticket_id,
  tickets.person_id as customer_id,
  tickets.month,
  tickets.opened_on,
  tickets.channel,
  tickets.topic,
  tickets.first_reply_hours,
  tickets.resolution_hours,
  tickets.satisfaction,
  -- Only a buyer can stop, and only a whole window shows it.
  case
    when tickets.is_window_over and activity.had_bought then not activity.was_seen_after
  end as churned_after
from tickets
left join activity using (ticket_id)
