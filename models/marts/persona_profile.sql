with people as (
  select * from {{ref "customer_personas"}}
),

measures as (
  unpivot (
    select
      persona,
      1.0::double as customers,
      orders::double as orders,
      aov::double as aov,
      discounted_share::double as discounted_share,
      days_since_last::double as days_since_last,
      (preferred_channel = 'store')::int::double as prefers_store,
      (preferred_channel = 'app')::int::double as prefers_app
    from people
  ) on columns(* exclude (persona)) into name metric value value
),

by_persona as (
  select
    persona,
    metric,
    count(*) as n,
    sum(value) as total,
    avg(value) as mean
  from measures
  group by persona, metric
),

overall as (
  select metric, sum(value) as total, avg(value) as mean from measures group by metric
)

select
  by_persona.persona,
  by_persona.metric,
  by_persona.n,
  if(by_persona.metric = 'customers', by_persona.total, by_persona.mean) as value,
  if(by_persona.metric = 'customers', overall.total, overall.mean) as value_all,
  -- 1 is like everybody; for customers it is the persona's share.
  if(
    by_persona.metric = 'customers',
    {{> safe_ratio numerator="by_persona.total" denominator="overall.total"}},
    {{> safe_ratio numerator="by_persona.mean" denominator="overall.mean"}}
  ) as index_to_all,
  {{> as_of_date}} as as_of_date
from by_persona
join overall using (metric)
