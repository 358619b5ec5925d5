-- Orders that came to the till: accepted, refused, or still pending. Staff is left out; a cancelled order had been accepted.
with attempts as (
  select
    {{> month_start date="ordered_on"}} as month,
    coalesce(channel, 'unknown') as channel,
    gross - discount as amount,
    case
      when status = 'failed' then 'refused'
      when status = 'pending' then 'pending'
      else 'accepted'
    end as outcome
  from {{ref "int_orders_net"}}
  where coalesce(invalid_reason, '') <> 'test'
)

select
  month,
  channel,
  count(*) as attempts,
  count(*) filter (where outcome = 'accepted') as accepted,
  count(*) filter (where outcome = 'refused') as refused,
  count(*) filter (where outcome = 'pending') as pending,
  {{> safe_ratio numerator="count(*) filter (where outcome = 'accepted')" denominator="count(*) filter (where outcome <> 'pending')"}} as acceptance_rate,
  {{> money amount="coalesce(sum(amount) filter (where outcome = 'refused'), 0)"}} as refused_amount,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from attempts
group by month, channel
