with links as (
  select * from {{ref "int_identity_links"}}
),

accounts as (
  select links.customer_id, links.link_key as account_id, records.* exclude (customer_id)
  from links
  left join {{ref "stg_customers"}} as records on records.customer_id = links.link_key
  where links.link_type = 'account'
),

-- What is known of a person: the newest value that any of their accounts holds.
people_with_accounts as (
  select
    customer_id,
    count(*) as accounts,
    string_agg(account_id, ', ' order by account_id) as account_ids,
    first(email order by updated_at desc, account_id) filter (where email is not null) as email,
    first(phone order by updated_at desc, account_id) filter (where phone is not null) as phone,
    first(first_name order by updated_at desc, account_id) filter (where first_name is not null) as first_name,
    first(last_name order by updated_at desc, account_id) filter (where last_name is not null) as last_name,
    first(birth_date order by updated_at desc, account_id) filter (where birth_date is not null) as birth_date,
    first(gender order by updated_at desc, account_id) filter (where gender is not null) as gender,
    first(country order by updated_at desc, account_id) filter (where country is not null) as country,
    first(city order by updated_at desc, account_id) filter (where city is not null) as city,
    first(zip order by updated_at desc, account_id) filter (where zip is not null) as zip,
    first(first_source order by created_at, account_id) as first_source,
    first(first_medium order by created_at, account_id) as first_medium,
    first(first_campaign order by created_at, account_id) as first_campaign,
    min(created_at) as first_created_at,
    coalesce(bool_and(is_test), false) as is_test,
    coalesce(bool_and(is_deleted), false) as is_deleted
  from accounts
  group by customer_id
),

guests as (
  select
    links.customer_id,
    first(orders.email order by orders.ordered_at, orders.order_id) as email,
    min(orders.ordered_at) as first_created_at
  from links
  join {{ref "stg_orders"}} as orders on orders.email_hash = links.link_key and orders.customer_id is null
  where links.method = 'email_of_guest'
  group by links.customer_id
),

people as (
  select *, false as is_guest_only from people_with_accounts
  union all by name
  select *, 0 as accounts, false as is_test, false as is_deleted, true as is_guest_only from guests
),

activity as (
  select owners.customer_id, orders.ordered_at as seen_at
  from {{ref "stg_orders"}} as orders
  join {{ref "int_order_customers"}} as owners using (order_id)
  union all
  select customer_id, occurred_at from {{ref "int_app_events_owned"}}
),

first_activity as (
  select customer_id, min(seen_at) as first_active_at
  from activity
  where customer_id is not null
  group by customer_id
)

select
  people.customer_id,
  people.accounts,
  people.account_ids,
  people.email,
  people.phone,
  people.first_name,
  people.last_name,
  people.birth_date,
  people.gender,
  people.country,
  people.city,
  people.zip,
  people.first_source,
  people.first_medium,
  people.first_campaign,
  least(people.first_created_at, first_activity.first_active_at) as first_seen_at,
  people.is_guest_only,
  case
    when people.is_test then 'test'
    when people.is_deleted then 'deleted'
  end as excluded_reason
from people
left join first_activity using (customer_id)
