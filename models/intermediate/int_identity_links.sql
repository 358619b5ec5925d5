-- Accounts of the customer table, and ids that orders or the app name before the customer record has arrived.
with accounts as (
  select customer_id as account_id, email_hash, created_at, is_test or is_deleted as is_set_aside
  from {{ref "stg_customers"}}
),

ids_seen_elsewhere as (
  select customer_id, email_hash, ordered_at as seen_at from {{ref "stg_orders"}} where customer_id is not null
  union all
  select customer_id, null, occurred_at from {{ref "stg_app_events"}} where customer_id is not null
),

all_accounts as (
  select * from accounts
  union all
  select customer_id, first(email_hash order by seen_at, email_hash) filter (where email_hash is not null), min(seen_at), false
  from ids_seen_elsewhere
  anti join accounts on accounts.account_id = ids_seen_elsewhere.customer_id
  group by customer_id
),

shared_addresses as (
  select email_hash from all_accounts where email_hash is not null
  group by email_hash
  having count(*) > {{var "max_accounts_per_email"}}
  union
  select sha256(address) from unnest({{> text_list values=(var "shared_emails")}}) as listed(address)
),

personal_accounts as (
  select
    * exclude (email_hash),
    case when email_hash not in (select email_hash from shared_addresses) then email_hash end as personal_email_hash
  from all_accounts
),

-- The earliest account of a personal address stands for all of them.
account_links as (
  select
    account_id,
    personal_email_hash,
    case
      when personal_email_hash is null then account_id
      else first_value(account_id) over (
        partition by personal_email_hash order by is_set_aside, created_at nulls last, account_id
      )
    end as customer_id
  from personal_accounts
),

emails_of_accounts as (
  select distinct personal_email_hash as email_hash, customer_id from account_links where personal_email_hash is not null
),

emails_of_guests as (
  select distinct email_hash
  from {{ref "stg_orders"}}
  where customer_id is null
    and email_hash is not null
    and email_hash not in (select email_hash from shared_addresses)
    and email_hash not in (select email_hash from emails_of_accounts)
)

select
  'account' as link_type,
  account_id as link_key,
  customer_id,
  if(account_id = customer_id, 'own_account', 'same_email') as method
from account_links

union all

select 'email', email_hash, customer_id, 'email_of_account' from emails_of_accounts

union all

select 'email', email_hash, 'guest_' || substr(email_hash, 1, 16), 'email_of_guest' from emails_of_guests
