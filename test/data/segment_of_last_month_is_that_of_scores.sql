-- The last month of the history ends on as_of, and so must say what rfm_scores says.
select months.customer_id, months.segment, scores.segment as segment_of_scores
from {{ref "int_rfm_monthly"}} as months
join {{ref "rfm_scores"}} as scores using (customer_id)
where months.month = (select max(month) from {{ref "int_rfm_monthly"}}) and months.segment <> scores.segment
