-- A higher score never has a worse value: recency falls as its score rises, frequency and value rise with theirs.
select better.customer_id, worse.customer_id as other_customer_id
from (select r_score, max(r_value) as slowest, min(f_value) as fewest, any_value(customer_id) as customer_id
  from {{ref "rfm_scores"}} where r_score is not null group by r_score) as better
join (select r_score, min(r_value) as quickest, any_value(customer_id) as customer_id
  from {{ref "rfm_scores"}} where r_score is not null group by r_score) as worse
  on better.r_score > worse.r_score
where better.slowest >= worse.quickest
union all
select better.customer_id, worse.customer_id
from (select f_score, min(f_value) as fewest, any_value(customer_id) as customer_id
  from {{ref "rfm_scores"}} where f_score is not null group by f_score) as better
join (select f_score, max(f_value) as most, any_value(customer_id) as customer_id
  from {{ref "rfm_scores"}} where f_score is not null group by f_score) as worse
  on better.f_score > worse.f_score
where better.fewest <= worse.most
