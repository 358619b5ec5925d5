-- Accounts of the customer table, and ids that other tables name before the customer record has arrived.
with recursive accounts as (
  select customer_id as account_id, email_hash, created_at, is_test or is_deleted as is_set_aside
  from {{ref "stg_customers"}}
),

ids_seen_elsewhere as (
  select customer_id, email_hash, ordered_at as seen_at
  from {{ref "stg_orders"}}
  where customer_id is not null
  union all
  select customer_id, null, occurred_at from {{ref "stg_app_events"}} where customer_id is not null
  union all
  select customer_id, null, started_at from {{ref "stg_sessions"}} where customer_id is not null
  union all
  select customer_id, null, visited_at from {{ref "stg_store_visits"}}
  union all
  select customer_id, null, started_on from {{ref "stg_subscriptions"}}
  union all
  select customer_id, null, "at" from {{ref "stg_loyalty_ledger"}}
  union all
  select customer_id, null, valid_from from {{ref "stg_loyalty_tiers"}}
),

all_accounts as (
  select * from accounts
  union all
  select
    customer_id,
    first(email_hash order by seen_at, email_hash) filter (where email_hash is not null),
    min(seen_at),
    false
  from ids_seen_elsewhere
  anti join accounts on accounts.account_id = ids_seen_elsewhere.customer_id
  group by customer_id
),

shared_addresses as (
  select email_hash
  from all_accounts
  where email_hash is not null
  group by email_hash
  having count(*) > {{var "max_accounts_per_email"}}
  union
  select sha256(address) from unnest({{> text_list values=(var "shared_emails")}}) as listed(address)
),

personal_accounts as (
  select
    * exclude (email_hash),
    case
      when not exists (
        from shared_addresses where shared_addresses.email_hash = all_accounts.email_hash
      ) then email_hash
    end as personal_email_hash
  from all_accounts
),

-- The earliest account of a personal address stands for all of them.
same_address as (
  select
    account_id,
    personal_email_hash,
    case
      when personal_email_hash is null then account_id
      else first_value(account_id) over (
        partition by personal_email_hash
        order by is_set_aside, created_at nulls last, account_id
      )
    end as customer_id
  from personal_accounts
),

-- A system that declares an account to be another one's speaks for everybody who shares its address.
declared as (
  select distinct merged.customer_id as merged_id, kept.customer_id as kept_id
  from {{ref "stg_identity_links"}} as links
  join same_address as merged on merged.account_id = links.source_id
  join same_address as kept on kept.account_id = links.customer_id
  where links.source = 'account' and merged.customer_id <> kept.customer_id
),

-- What an account was merged into may have been merged itself, later or in a circle.
declared_chains as (
  select merged_id, kept_id from declared
  union
  select chains.merged_id, declared.kept_id
  from declared_chains as chains
  join declared on declared.merged_id = chains.kept_id
),

declared_merges as (
  select
    chains.merged_id,
    coalesce(min(chains.kept_id) filter (where further.merged_id is null), min(chains.kept_id)) as kept_id
  from declared_chains as chains
  left join (select distinct merged_id from declared) as further on further.merged_id = chains.kept_id
  group by chains.merged_id
),

account_links as (
  select
    same_address.account_id,
    same_address.personal_email_hash,
    coalesce(declared_merges.kept_id, same_address.customer_id) as customer_id,
    case
      when declared_merges.kept_id is not null then 'declared'
      when same_address.account_id = same_address.customer_id then 'own_account'
      else 'same_email'
    end as method
  from same_address
  left join declared_merges on declared_merges.merged_id = same_address.customer_id
),

-- Ids of other systems: as declared, and browsers on which exactly one person ever signed in.
declared_ids as (
  select
    links.source as link_type,
    links.source_id as link_key,
    min_by(account_links.customer_id, coalesce(links.valid_from, timestamp '1970-01-01')) as customer_id
  from {{ref "stg_identity_links"}} as links
  join account_links on account_links.account_id = links.customer_id
  where links.source not in ('account', 'email')
  group by links.source, links.source_id
),

signed_in_browsers as (
  select sessions.anonymous_id, min(account_links.customer_id) as customer_id
  from {{ref "stg_sessions"}} as sessions
  join account_links on account_links.account_id = sessions.customer_id
  where sessions.anonymous_id is not null
  group by sessions.anonymous_id
  having count(distinct account_links.customer_id) = 1
),

emails_of_accounts as (
  select distinct personal_email_hash as email_hash, customer_id
  from account_links
  where personal_email_hash is not null
),

emails_of_guests as (
  select distinct email_hash
  from {{ref "stg_orders"}}
  anti join shared_addresses using (email_hash)
  anti join emails_of_accounts using (email_hash)
  where customer_id is null and email_hash is not null
)

select 'account' as link_type, account_id as link_key, customer_id, method from account_links

union all

select 'email', email_hash, customer_id, 'email_of_account' from emails_of_accounts

union all

select 'email', email_hash, 'guest_' || substr(email_hash, 1, 16), 'email_of_guest' from emails_of_guests

union all

select link_type, link_key, customer_id, 'declared' from declared_ids

union all

select 'browser', anonymous_id, customer_id, 'signed_in'
from signed_in_browsers
anti join declared_ids
  on declared_ids.link_type = 'browser' and declared_ids.link_key = signed_in_browsers.anonymous_id
