-- The first day on which each stage was reached. Nobody is in a later stage before an earlier one.
with people as (
  select customer_id, cast(first_seen_at as date) as first_seen_on
  from {{ref "int_customers_unified"}}
  where excluded_reason is null
),

visits as (
  select customer_id, min(started_on) as first_visit_on
  from {{ref "int_sessions_channelled"}}
  where customer_id is not null
  group by customer_id
),

accounts as (
  select people.customer_id, min(cast(accounts.created_at as date)) as first_account_on
  from {{ref "stg_customers"}} as accounts
  join {{ref "int_account_people"}} as people on people.account_id = accounts.customer_id
  group by people.customer_id
),

orders as (
  select
    customer_id,
    min(ordered_on) filter (where order_seq = 1) as first_order_on,
    min(ordered_on) filter (where order_seq = 2) as second_order_on,
    min(ordered_on) filter (where order_seq = {{var "loyal_orders"}}) as loyal_order_on
  from {{ref "int_orders_net"}}
  where order_seq is not null
  group by customer_id
),

app as (
  select customer_id, min(occurred_on) as first_app_on
  from {{ref "int_app_events_owned"}}
  where customer_id is not null
  group by customer_id
)

select
  people.customer_id,
  least(
    people.first_seen_on,
    visits.first_visit_on,
    accounts.first_account_on,
    app.first_app_on,
    orders.first_order_on
  ) as reach_on,
  least(accounts.first_account_on, app.first_app_on, orders.first_order_on) as acquisition_on,
  orders.first_order_on as conversion_on,
  orders.second_order_on as retention_on,
  orders.loyal_order_on as loyalty_on
from people
left join visits using (customer_id)
left join accounts using (customer_id)
left join app using (customer_id)
left join orders using (customer_id)
