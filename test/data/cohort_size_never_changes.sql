select cohort_period
from {{ref "cohort_retention"}}
group by cohort_period
having count(distinct cohort_size) > 1
