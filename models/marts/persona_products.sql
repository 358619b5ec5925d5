with bought as (
  select
    personas.persona,
    lines.product_id,
    lines.product_name,
    lines.category,
    lines.customer_id,
    lines.order_id,
    lines.quantity,
    lines.amount
  from {{ref "int_product_orders"}} as lines
  join {{ref "customer_personas"}} as personas using (customer_id)
),

sizes as (
  select persona, count(distinct customer_id) as buyers_of_persona from bought group by persona
),

all_buyers as (
  select
    product_id,
    count(distinct customer_id) as buyers,
    (select count(distinct customer_id) from bought) as buyers_of_all
  from bought
  group by product_id
),

counted as (
  select
    persona,
    product_id,
    any_value(product_name) as product_name,
    any_value(category) as category,
    count(distinct customer_id) as buyers,
    count(distinct order_id) as orders,
    sum(quantity) as units,
    sum(amount) as gross
  from bought
  group by persona, product_id
)

select
  counted.persona,
  counted.product_id,
  counted.product_name,
  counted.category,
  counted.buyers,
  counted.orders,
  cast(counted.units as bigint) as units,
  {{> money amount="counted.gross"}} as gross,
  {{> safe_ratio numerator="counted.buyers" denominator="sizes.buyers_of_persona"}} as buyer_share,
  -- How much likelier than among all buyers.
  {{> safe_ratio numerator="counted.buyers * all_buyers.buyers_of_all" denominator="sizes.buyers_of_persona * all_buyers.buyers"}} as affinity,
  cast(
    row_number() over (partition by counted.persona order by counted.gross desc, counted.product_id) as integer
  ) as rank,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from counted
join sizes using (persona)
join all_buyers using (product_id)
