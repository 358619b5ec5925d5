select
  month,
  coalesce(topic, 'unknown') as topic,
  count(*) as tickets,
  count(distinct customer_id) as customers,
  median(first_reply_hours) as first_reply_h,
  median(resolution_hours) as resolution_h,
  avg(satisfaction) as csat,
  count(satisfaction) as rated,
  count(churned_after) as judged_for_churn,
  {{> safe_ratio numerator="count(*) filter (where churned_after)" denominator="count(churned_after)"}} as churn_after_ticket_90d,
  {{> as_of_date}} as as_of_date
from {{ref "int_tickets_judged"}}
group by month, coalesce(topic, 'unknown')
