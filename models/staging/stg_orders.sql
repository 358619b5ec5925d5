with records as (
  select
    {{> id_text column="order_id"}} as order_id,
    {{> id_text column="customer_id"}} as customer_id,
    {{> normalised_email email="email"}} as email,
    {{> local_timestamp column="ordered_at"}} as ordered_at,
    lower({{> clean_text column="status"}}) as status,
    lower({{> clean_text column="channel"}}) as channel,
    {{> id_text column="store_id"}} as store_id,
    upper({{> clean_text column="currency"}}) as currency,
    {{> money amount="coalesce(gross, 0)"}} as gross,
    {{> money amount="coalesce(discount, 0)"}} as discount,
    {{> money amount="coalesce(shipping, 0)"}} as shipping,
    {{> money amount="coalesce(tax, 0)"}} as tax,
    {{> clean_text column="coupon_code"}} as coupon_code,
    coalesce(cast(is_first_party_test as boolean), false) as is_first_party_test,
    {{> id_text column="session_id"}} as session_id
  from {{ref "raw_orders"}}
),

until_as_of as (
  select * from records where cast(ordered_at as date) <= {{> as_of_date}}
),

-- An order id proves that records are the same order, so copies and earlier states of it fall away.
current_state as (
  select *
  from until_as_of
  qualify row_number() over (
    partition by order_id
    order by
      coalesce(list_position({{> text_list values=(var "order_status_sequence")}}, status), 0) desc,
      ordered_at desc,
      gross desc,
      discount desc,
      customer_id,
      email
  ) = 1
)

select
  order_id,
  customer_id,
  email,
  sha256(email) as email_hash,
  ordered_at,
  cast(ordered_at as date) as ordered_on,
  status,
  channel,
  store_id,
  currency,
  gross,
  discount,
  shipping,
  tax,
  coupon_code,
  is_first_party_test,
  session_id
from current_state
