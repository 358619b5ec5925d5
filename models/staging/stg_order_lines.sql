-- A line has no time of its own: it is known when its order is, and belongs to its day.
with orders as (
  select order_id, ordered_on
  from {{ref "stg_orders"}}
  where true {{> since_last_run column="ordered_on" day="ordered_on" late_days=(var "order_late_days")}}
),

records as (
  select
    {{> id_text column="order_id"}} as order_id,
    cast(line_no as integer) as known_line_no,
    {{> id_text column="product_id"}} as product_id,
    lower({{> clean_text column="category"}}) as category,
    cast(quantity as integer) as quantity,
    {{> money amount="unit_price"}} as unit_price,
    {{> money amount="coalesce(line_amount, quantity * unit_price)"}} as line_amount
  from {{ref "raw_order_lines"}}
  where {{> id_text column="order_id"}} in (select order_id from orders)
),

-- A line number proves that records are one line. Without one, two equal lines may well be two articles.
numbered as (
  select *
  from records
  where known_line_no is not null
  qualify row_number() over (
    partition by order_id, known_line_no
    order by line_amount desc, product_id, category, quantity
  ) = 1
),

without_number as (
  select {{#if (var "dedupe_lines")}}distinct {{/if}} * from records where known_line_no is null
),

highest_number as (
  select order_id, max(known_line_no) as line_no from numbered group by order_id
),

all_lines as (
  select order_id, known_line_no as line_no, * exclude (order_id, known_line_no) from numbered
  union all
  select
    without_number.order_id,
    coalesce(highest_number.line_no, 0) + row_number() over (
      partition by without_number.order_id
      order by without_number.product_id, without_number.line_amount, without_number.quantity, without_number.category
    ),
    without_number.* exclude (order_id, known_line_no)
  from without_number
  left join highest_number using (order_id)
)

select
  all_lines.order_id,
  orders.ordered_on,
  cast(all_lines.line_no as integer) as line_no,
  all_lines.product_id,
  all_lines.category,
  all_lines.quantity,
  all_lines.unit_price,
  all_lines.line_amount
from all_lines
join orders using (order_id)
