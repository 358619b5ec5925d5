-- What is left of an order after the goods are paid: the lines' own margins, weighted by what they cost the buyer.
with lines as (
  select
    lines.order_id,
    sum(lines.line_amount) as amount,
    sum(lines.line_amount * coalesce(products.margin_rate, {{var "default_margin_rate"}})) as margin
  from {{ref "stg_order_lines"}} as lines
  left join {{ref "stg_products"}} as products using (product_id)
  where not {{> is_gift_card category="coalesce(products.category, lines.category)"}}
  group by lines.order_id
)

select
  orders.order_id,
  orders.customer_id,
  orders.ordered_on,
  orders.net,
  coalesce({{> safe_ratio numerator="lines.margin" denominator="lines.amount"}}, {{var "default_margin_rate"}}) as margin_rate,
  -- Discounts come out of the shop's share, refunds give the goods back.
  {{> money amount="(orders.gross - orders.refund) * coalesce(lines.margin / nullif(lines.amount, 0), default_rate.rate) - orders.discount"}} as margin
from {{ref "int_orders_net"}} as orders
left join lines using (order_id)
cross join (select {{var "default_margin_rate"}} as rate) as default_rate
where orders.is_valid
