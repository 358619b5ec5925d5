-- Who is there anyway needs no ad: an audience to exclude.
with members as (
  select customer_id, if(last_bought_on is not null, 'bought', 'visited') as reason
  from (
    select customer_id, max(active_on) filter (where bought) as last_bought_on
    from {{ref "int_customer_days"}}
    where active_on > {{> as_of_date}} - {{var "active_audience_days"}} and (bought or visited)
    group by customer_id
  )
)

{{> audience valid_days=(var "audience_valid_days")}}
