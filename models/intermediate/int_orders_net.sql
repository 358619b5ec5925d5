-- What is paid for a gift card is owed, not earned. What it buys later is an order like any other.
with gift_cards as (
  select lines.order_id, sum(lines.line_amount) as amount
  from {{ref "stg_order_lines"}} as lines
  left join {{ref "stg_products"}} as products using (product_id)
  where {{> is_gift_card category="coalesce(products.category, lines.category)"}}
  group by lines.order_id
),

orders as (
  select
    orders.* replace ({{> money amount="orders.gross - coalesce(gift_cards.amount, 0)"}} as gross),
    coalesce(gift_cards.amount >= orders.gross, false) as is_gift_card_only
  from {{ref "stg_orders"}} as orders
  left join gift_cards using (order_id)
),

refunds as (
  select
    order_id,
    {{> money amount="sum(amount)"}} as refund,
    sum(amount) filter (where is_cancellation) as cancelled,
    min(refunded_on) as first_refunded_on
  from {{ref "stg_refunds"}}
  group by order_id
),

amounts as (
  select
    orders.*,
    owners.customer_id as person_id,
    coalesce(accounts.is_test, people.excluded_reason = 'test', false) as is_test_customer,
    coalesce(refunds.refund, 0) as refund,
    refunds.first_refunded_on,
    {{> money amount="orders.gross - orders.discount - coalesce(refunds.refund, 0)"}} as net,
    -- What was cancelled in part and sent back for the rest did happen.
    coalesce(refunds.cancelled >= orders.gross - orders.discount, false) as is_fully_cancelled
  from orders
  join {{ref "int_order_customers"}} as owners using (order_id)
  left join {{ref "stg_customers"}} as accounts on accounts.customer_id = orders.customer_id
  left join {{ref "int_customers_unified"}} as people on people.customer_id = owners.customer_id
  left join refunds on refunds.order_id = orders.order_id
),

judged as (
  select
    *,
    case
      when is_first_party_test or is_test_customer then 'test'
      when is_fully_cancelled then 'cancelled'
      when not list_contains({{> text_list values=(var "paid_statuses")}}, coalesce(status, '')) then 'not_paid'
      when is_gift_card_only then 'gift_card'
      when gross < {{var "min_order_gross"}} then 'below_minimum'
    end as invalid_reason
  from amounts
),

sequenced as (
  select
    order_id,
    row_number() over (partition by person_id order by ordered_at, order_id) as order_seq,
    dense_rank() over (partition by person_id order by ordered_on) as customer_day_seq,
    date_diff(
      'day',
      lag(ordered_on) over (partition by person_id order by ordered_at, order_id),
      ordered_on
    ) as days_since_prev
  from judged
  where invalid_reason is null and person_id is not null
)

select
  judged.order_id,
  judged.person_id as customer_id,
  judged.ordered_at,
  judged.ordered_on,
  judged.status,
  judged.channel,
  judged.store_id,
  judged.coupon_code,
  judged.session_id,
  judged.currency,
  judged.gross,
  judged.discount,
  {{> money amount="judged.refund"}} as refund,
  judged.net,
  judged.shipping,
  judged.tax,
  judged.first_refunded_on,
  judged.invalid_reason is null as is_valid,
  judged.invalid_reason,
  sequenced.order_seq,
  sequenced.order_seq = 1 as is_first_order,
  sequenced.days_since_prev,
  sequenced.customer_day_seq
from judged
left join sequenced using (order_id)
