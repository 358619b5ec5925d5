with records as (
  select
    {{> id_text column="customer_id"}} as customer_id,
    lower({{> clean_text column="source"}}) as source,
    {{> normalised_email email="email"}} as email,
    {{> clean_text column="phone"}} as phone,
    {{> clean_text column="first_name"}} as first_name,
    {{> clean_text column="last_name"}} as last_name,
    try_cast(birth_date as date) as birth_date,
    case
      when lower({{> clean_text column="gender"}}) in ('m', 'male') then 'm'
      when lower({{> clean_text column="gender"}}) in ('f', 'female') then 'f'
    end as gender,
    upper({{> clean_text column="country"}}) as country,
    {{> clean_text column="city"}} as city,
    {{> clean_text column="zip"}} as zip,
    {{> local_timestamp column="created_at"}} as created_at,
    {{> local_timestamp column="coalesce(updated_at, created_at)"}} as updated_at,
    {{> clean_text column="first_source"}} as first_source,
    {{> clean_text column="first_medium"}} as first_medium,
    {{> clean_text column="first_campaign"}} as first_campaign,
    coalesce(cast(is_test as boolean), false) as is_test,
    coalesce(cast(is_deleted as boolean), false) as is_deleted
  from {{ref "raw_customers"}}
),

known_by_then as (
  select *, coalesce(cast(updated_at as date) > {{> as_of_date}}, false) as is_later_version
  from records
  where created_at is null or cast(created_at as date) <= {{> as_of_date}}
),

-- The newest version of as_of. A source that keeps only its newest row may have changed it since: then that row stands.
current_version as (
  select *
  from known_by_then
  qualify row_number() over (
    partition by customer_id
    order by
      is_later_version,
      case when not is_later_version then updated_at end desc nulls last,
      updated_at,
      is_deleted desc,
      email,
      phone,
      city
  ) = 1
)

select
  customer_id,
  source,
  email,
  sha256(email) as email_hash,
  phone,
  sha256(nullif(regexp_replace(phone, '[^0-9]', '', 'g'), '')) as phone_hash,
  first_name,
  last_name,
  birth_date,
  cast(year(birth_date) as integer) as birth_year,
  gender,
  country,
  city,
  zip,
  created_at,
  updated_at,
  first_source,
  first_medium,
  first_campaign,
  is_test,
  is_deleted
from current_version
