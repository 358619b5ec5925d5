select
  candidates.customer_id,
  people.email,
  people.phone,
  people.first_name,
  people.last_name,
  people.birth_date,
  people.gender,
  people.city,
  people.zip,
  people.country,
  candidates.advertising_id,
  candidates.platform,
  candidates.uninstalled_at,
  candidates.ads_consent,
  candidates.uninstall_reason as reason,
  coalesce(6 - scores.m_score, 5) as priority,
  candidates.uninstalled_on + {{var "uninstall_audience_days"}} - 1 as valid_until,
  {{> as_of_date}} as as_of_date
from {{ref "int_uninstall_candidates"}} as candidates
join {{ref "int_customers_unified"}} as people using (customer_id)
left join {{ref "rfm_scores"}} as scores using (customer_id)
where candidates.left_out_reason is null
