select
  customer_id,
  month,
  count(*) as tickets,
  count(*) filter (where resolution_hours is null) as open_tickets,
  median(first_reply_hours) as first_reply_h,
  median(resolution_hours) as resolution_h,
  avg(satisfaction) as csat,
  bool_or(churned_after) as churn_after_ticket_90d,
  {{> as_of_date}} as as_of_date
from {{ref "int_tickets_judged"}}
where customer_id is not null
group by customer_id, month
