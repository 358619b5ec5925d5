-- One value, one score: NTILE would fail this. With nested bins, of those in the same outer bins.
select 'recency' as metric, r_value as value
from {{ref "rfm_scores"}}
group by r_value
having count(distinct r_score) > 1

union all

select 'frequency', f_value
from {{ref "rfm_scores"}}
group by f_value{{#if (eq (var "rfm_binning") "nested")}}, r_score{{/if}}
having count(distinct f_score) > 1

union all

select 'monetary', m_value
from {{ref "rfm_scores"}}
group by m_value{{#if (eq (var "rfm_binning") "nested")}}, r_score, f_score{{/if}}
having count(distinct m_score) > 1
