with last_carts as (
  select
    customer_id,
    max(abandoned_at) as abandoned_at,
    arg_max(recovered_at, abandoned_at) as recovered_at
  from {{ref "int_carts_merged"}}
  where status = 'abandoned' and customer_id is not null
  group by customer_id
),

orders as (
  select customer_id, max(ordered_at) as last_order_at
  from {{ref "int_orders_net"}}
  where is_valid and customer_id is not null
  group by customer_id
),

members as (
  select last_carts.customer_id, 'abandoned_cart' as reason
  from last_carts
  left join orders using (customer_id)
  where last_carts.recovered_at is null
    and cast(last_carts.abandoned_at as date) > {{> as_of_date}} - {{var "cart_audience_days"}}
    and coalesce(orders.last_order_at < last_carts.abandoned_at, true)
)

{{> audience valid_days=(var "audience_valid_days")}}
