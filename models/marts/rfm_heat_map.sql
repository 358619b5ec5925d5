-- All 25 cells, also empty ones, so that a heat map has no holes.
with customers as (
  select r_score, f_score, m_value, m_score from {{ref "rfm_scores"}} where segment <> 'Prospect'
)

select
  grid.r_score,
  grid.f_score,
  grid.segment,
  count(customers.r_score) as customers,
  {{> money amount="coalesce(sum(customers.m_value), 0)"}} as revenue,
  {{> safe_ratio numerator="sum(customers.m_value)" denominator="count(customers.r_score)"}} as revenue_per_customer,
  avg(customers.m_score) as mean_m_score,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from {{ref "rfm_segment_grid"}} as grid
left join customers on customers.r_score = grid.r_score and customers.f_score = grid.f_score
group by grid.r_score, grid.f_score, grid.segment
