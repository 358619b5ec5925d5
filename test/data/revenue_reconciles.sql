-- All valid revenue is either a customer's or nobody's, and nothing is counted twice on the way to the customer days.
with valid as (
  select
    coalesce(sum(net), 0) as total,
    coalesce(sum(net) filter (where customer_id is null), 0) as of_nobody
  from {{ref "int_orders_net"}}
  where is_valid
),

of_customers as (
  select coalesce(sum(net), 0) as total from {{ref "int_customer_days"}}
)

select valid.total, valid.of_nobody, of_customers.total as of_customers
from valid, of_customers
where valid.total <> valid.of_nobody + of_customers.total
