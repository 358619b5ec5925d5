with people as (
  select customer_id from {{ref "int_customers_unified"}} where excluded_reason is null
),

scored as (
  select
    base.*,
    recency.score as r_score,
    coalesce(frequency.score, 1) as f_score,
    coalesce(monetary.score, 1) as m_score
  from {{ref "int_rfm_base"}} as base
  left join {{ref "rfm_thresholds"}} as recency
    on recency.metric = 'recency' and {{> in_bin value="base.recency_days" bin="recency"}}
  left join {{ref "rfm_thresholds"}} as frequency
    on frequency.metric
      = 'frequency' {{#if (eq (var "rfm_binning") "nested")}}and frequency.within_r_score = recency.score{{/if}}
    and {{> in_bin value="base.frequency" bin="frequency"}}
  left join {{ref "rfm_thresholds"}} as monetary on monetary.metric = 'monetary'
  {{#if (eq (var "rfm_binning") "nested")}}and monetary.within_r_score = recency.score and monetary.within_f_score = coalesce(frequency.score, 1){{/if}}
    and {{> in_bin value="cast(base.monetary as double)" bin="monetary"}}
)

select
  people.customer_id,
  cast(scored.recency_days as integer) as r_value,
  cast(scored.frequency as integer) as f_value,
  scored.monetary as m_value,
  scored.r_score,
  scored.f_score,
  scored.m_score,
  scored.r_score * 100 + scored.f_score * 10 + scored.m_score as rfm_score,
  scored.r_score + scored.f_score + scored.m_score as rfm_total,
  if(scored.customer_id is null, 'Prospect', grid.segment) as segment,
  scored.monetary_excluded_reason,
  scored.first_order_on,
  scored.last_order_on,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from people
left join scored using (customer_id)
left join {{ref "rfm_segment_grid"}} as grid using (r_score, f_score)
