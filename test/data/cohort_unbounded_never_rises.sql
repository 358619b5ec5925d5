-- Active in month k or later can only shrink with k, and is never less than active in exactly month k.
select cohort_period, activity, k
from {{ref "cohort_retention"}}
where mode = 'unbounded'
qualify retained > lag(retained) over (partition by cohort_period, activity order by k)

union all

select cohort_period, activity, k
from {{ref "cohort_retention"}}
group by cohort_period, activity, k
having max(retained) filter (where mode = 'unbounded') < max(retained) filter (where mode = 'n_day')
