-- Who once agreed to e-mail, has not said no, and is asleep: ask once more before the address is given up.
select
  sunset.customer_id,
  people.email,
  people.email_consent,
  sunset.silent_days,
  sunset.stage as reason,
  {{> as_of_date}} as as_of_date
from {{ref "email_sunset"}} as sunset
join {{ref "int_addressable_people"}} as people using (customer_id)
where people.email_consent and (sunset.stage = 're_engage' or sunset.suppress_reason = 'silent')
