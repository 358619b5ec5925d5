with records as (
  select
    {{> id_text column="customer_id"}} as customer_id,
    lower({{> clean_text column="tier"}}) as tier,
    cast(valid_from as date) as valid_from
  from {{ref "raw_loyalty_tiers"}}
)

select customer_id, tier, valid_from
from records
where valid_from <= {{> as_of_date}}
qualify row_number() over (partition by customer_id, valid_from order by tier) = 1
