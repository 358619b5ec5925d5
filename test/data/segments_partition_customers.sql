-- Every customer is in exactly one segment, and the summary has them all.
with summed as (
  select coalesce(sum(customers), 0) as customers from {{ref "rfm_segment_summary"}}
),

scored as (
  select count(*) as customers from {{ref "rfm_scores"}}
)

select * from summed, scored where summed.customers <> scored.customers
