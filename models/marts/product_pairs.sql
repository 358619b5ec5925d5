with baskets as (
  select distinct order_id, product_id from {{ref "int_product_orders"}}
),

singles as (
  select product_id, count(*) as orders from baskets group by product_id
),

total as (
  select count(distinct order_id) as orders from baskets
),

pairs as (
  select
    first.product_id as product_id,
    second.product_id as with_product_id,
    count(*) as orders_together
  from baskets as first
  join baskets as second on second.order_id = first.order_id and second.product_id <> first.product_id
  group by all
  having count(*) >= {{var "pair_min_orders"}}
)

select
  pairs.product_id,
  pairs.with_product_id,
  products.name as product_name,
  partners.name as with_product_name,
  pairs.orders_together,
  {{> safe_ratio numerator="pairs.orders_together" denominator="total.orders"}} as support,
  {{> safe_ratio numerator="pairs.orders_together" denominator="singles.orders"}} as confidence,
  {{> safe_ratio numerator="pairs.orders_together * total.orders" denominator="singles.orders * others.orders"}} as lift,
  cast(
    row_number() over (
      partition by pairs.product_id
      order by pairs.orders_together desc, pairs.with_product_id
    ) as integer
  ) as rank,
  {{> as_of_date}} as as_of_date
from pairs
cross join total
join singles on singles.product_id = pairs.product_id
join singles as others on others.product_id = pairs.with_product_id
left join {{ref "stg_products"}} as products on products.product_id = pairs.product_id
left join {{ref "stg_products"}} as partners on partners.product_id = pairs.with_product_id
