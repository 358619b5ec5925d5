with records as (
  select
    {{> id_text column="order_id"}} as order_id,
    cast(line_no as integer) as known_line_no,
    {{> id_text column="product_id"}} as product_id,
    lower({{> clean_text column="category"}}) as category,
    cast(quantity as integer) as quantity,
    {{> money amount="unit_price"}} as unit_price,
    {{> money amount="coalesce(line_amount, quantity * unit_price)"}} as line_amount
  from {{ref "raw_order_lines"}}
  -- A line has no time of its own: it is known when its order is.
  where {{> id_text column="order_id"}} in (select order_id from {{ref "stg_orders"}})
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
  order_id,
  cast(line_no as integer) as line_no,
  product_id,
  category,
  quantity,
  unit_price,
  line_amount
from all_lines
