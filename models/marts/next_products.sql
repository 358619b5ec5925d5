-- What people bought later than something, at most `next_product_days` later, and not together with it.
with purchases as (
  select
    customer_id,
    product_id,
    min(ordered_on) as first_on,
    count(*) over (partition by customer_id) as products
  from {{ref "int_product_orders"}}
  where customer_id is not null
  group by customer_id, product_id
),

transitions as (
  select earlier.product_id as product_id, later.product_id as next_product_id, count(*) as people
  from purchases as earlier
  join purchases as later
    on later.customer_id = earlier.customer_id and later.product_id <> earlier.product_id
    and later.first_on > earlier.first_on and later.first_on <= earlier.first_on + {{var "next_product_days"}}
  group by all
),

buyers as (
  select product_id, count(*) as people from purchases group by product_id
),

everybody as (
  select count(distinct customer_id) as people from purchases
),

chances as (
  select
    transitions.product_id,
    transitions.next_product_id,
    -- Smoothed by what everybody buys, so that two of two people do not make a certainty.
    (transitions.people + {{var "next_product_prior"}} * targets.people / everybody.people)
      / (buyers.people + {{var "next_product_prior"}}) as chance,
    row_number() over (partition by transitions.product_id order by chance desc, transitions.next_product_id) as place
  from transitions
  join buyers on buyers.product_id = transitions.product_id
  join buyers as targets on targets.product_id = transitions.next_product_id
  cross join everybody
),

-- Of what follows a product, a customer can be shown no more than the first few and those that they have already.
candidates as (
  select
    purchases.customer_id,
    chances.next_product_id as product_id,
    max(chances.chance) as score,
    arg_max(chances.product_id, chances.chance) as because_of_product_id
  from purchases
  join chances
    on chances.product_id = purchases.product_id
    and chances.place < purchases.products + {{var "next_products_shown"}}
  join {{ref "int_customers_unified"}} as people
    on people.customer_id = purchases.customer_id and people.excluded_reason is null
  where not exists (
    select 1
    from purchases as had
    where had.customer_id = purchases.customer_id and had.product_id = chances.next_product_id
  )
  group by purchases.customer_id, chances.next_product_id
),

ranked as (
  select *, row_number() over (partition by customer_id order by score desc, product_id) as place
  from candidates
  qualify place <= {{var "next_products_shown"}}
)

select
  ranked.customer_id,
  cast(ranked.place as integer) as rank,
  ranked.product_id,
  products.name as product_name,
  products.category,
  ranked.score,
  ranked.because_of_product_id,
  {{> as_of_date}} as as_of_date
from ranked
left join {{ref "stg_products"}} as products using (product_id)
