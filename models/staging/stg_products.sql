with records as (
  select
    {{> id_text column="product_id"}} as product_id,
    {{> clean_text column="name"}} as name,
    lower({{> clean_text column="category"}}) as category,
    cast(margin_rate as decimal(5, 3)) as margin_rate
  from {{ref "raw_products"}}
)

select product_id, name, category, margin_rate
from records
qualify row_number() over (partition by product_id order by name, category, margin_rate) = 1
