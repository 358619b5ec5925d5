select
  orders.order_id,
  orders.customer_id,
  orders.ordered_at,
  orders.ordered_on,
  orders.channel,
  orders.coupon_code,
  orders.discount,
  lines.product_id,
  coalesce(products.name, lines.product_id) as product_name,
  coalesce(products.category, lines.category, 'unknown') as category,
  sum(lines.quantity) as quantity,
  {{> money amount="sum(lines.line_amount)"}} as amount
from {{ref "stg_order_lines"}} as lines
join {{ref "int_orders_net"}} as orders using (order_id)
left join {{ref "stg_products"}} as products using (product_id)
where orders.is_valid and lines.product_id is not null
group by all
