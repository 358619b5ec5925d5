/**
 * The people of the sample and the customer records that source systems hold about them: one table of truths
 * (`sample_people`), and a select with spelling variants, updated versions and exact duplicates.
 */
import { gamma, text, textList, utc } from "./expressions.ts";
import { countryExpression } from "./names.ts";
import { bgNbd, calendar, shares } from "./world.ts";

const day = 86_400;
const windowDays = `(date ${text(calendar.lastDay)} - date ${text(calendar.firstDay)} + 1)`;

/** First visits: source, medium, campaign. */
const acquisitions = textList([
  "naver|organic|",
  "google|organic|",
  "google|cpc|brand",
  "google|cpc|non_brand",
  "facebook|paid_social|spring_sale",
  "instagram|paid_social|new_arrivals",
  "kakao|referral|",
  "newsletter|email|weekly",
  "friend|referral|bring_a_friend",
  "(direct)|(none)|",
]);

/**
 * `sample_people`: one row per person, with what is true about them. `start_seconds` is the first purchase, in local
 * seconds since the first day of the data; it is negative for people who came from the older shop.
 */
export function peopleStatements(customers: number): readonly string[] {
  const happens = (share: number, name: string): string => `sample_u(n || ${text(`:${name}`)}) < ${share}`;
  return [
    `create or replace temp table sample_people as
with numbered as (
  select n::bigint as n, printf('%07d', n) as person_id from range(1, ${customers + 1}) as numbers(n)
),
traits as (
  select
    n, person_id,
    ${countryExpression(`sample_u(n || ':country')`)} as country,
    not ${happens(shares.guestOnly, "guest")} as is_registered,
    not ${happens(shares.neverOrders, "orders")} or ${happens(shares.guestOnly, "guest")} as is_buyer,
    ${happens(shares.legacy, "legacy")} as is_legacy,
    ${happens(shares.testCustomer, "test")} as is_test,
    ${happens(shares.deletedCustomer, "deleted")} as is_deleted,
    ${happens(shares.sometimesGuest, "signs-out")} as is_sometimes_guest,
    ${happens(shares.usesApp, "app")} as uses_app,
    sample_pick(n || ':acquisition', ${acquisitions}) as acquisition,
    case when ${happens(shares.legacy, "legacy")}
      then -floor(sample_u(n || ':start') * 400 * ${day})::bigint
      else floor(sample_u(n || ':start') * ${windowDays} * ${day})::bigint
    end as start_seconds,
    case when sample_u(n || ':lag') < 0.6 then 0 else sample_whole(n || ':lag-days', 1, 12) end as lag_days,
    ${gamma(`n || ':rate'`, bgNbd.r)} / ${bgNbd.alpha} as orders_per_day,
    ${gamma(`n || ':leave-a'`, bgNbd.a)} as leave_a,
    ${gamma(`n || ':leave-b'`, bgNbd.b)} as leave_b
  from numbered
),
named as (
  select
    traits.* exclude (leave_a, leave_b, lag_days),
    leave_a / (leave_a + leave_b) as leave_probability,
    sample_pick(n || ':given', given_names) as given,
    sample_pick(n || ':family', family_names) as family,
    sample_pick(n || ':place', places) as place,
    sample_pick(n || ':notation', notations) as notation,
    timestamp ${text(calendar.firstDay)}
      + to_seconds(start_seconds - lag_days * ${day} - sample_whole(n || ':minutes', 60, 5400)) as created_at
  from traits
  join sample_populations using (country)
)
select
  named.* exclude (given, family, place, notation),
  given.name as first_name, given.gender, family.name as last_name, place.city, place.zip,
  ${phone("n", "notation")} as phone,
  given.ascii || '.' || family.ascii || n || '@'
    || sample_pick(n || ':domain', ${textList(["example.com", "example.net", "example.org", "mail.example"])}) as email,
  date '1950-01-01' + sample_whole(n || ':birth', 0, 20000)::integer as birth_date
from named`,
  ];
}

/** Every # of a notation becomes a digit of the person's own. */
function phone(key: string, notation: string): string {
  const digits = `printf('%010d', sample_whole(${key} || ':phone', 0, 9999999999))`;
  return `array_to_string(list_transform(string_split(${notation}, ''),
    lambda letter, place: case when letter = '#' then substr(${digits}, (place % 10 + 1)::integer, 1) else letter end), '')`;
}

/** The same address as people and systems write it: other case, stray spaces. */
export const sloppyEmail = (key: string, email: string): string =>
  `case when sample_u(${key} || ':case') < 0.12 then upper(${email})
    when sample_u(${key} || ':case') < 0.2 then upper(substr(${email}, 1, 1)) || substr(${email}, 2)
    when sample_u(${key} || ':case') < 0.25 then '  ' || ${email} || ' '
    else ${email} end`;

/** The rows of `raw_customers` that come from `sample_people`. */
export function customerRows(): string {
  const gone = (column: string): string => `case when is_deleted then null else ${column} end`;
  return `with registered as (
  select *, sample_u(n || ':moved') < 0.03 as has_moved from sample_people where is_registered
),
versions as (
  select *, 1 as version from registered
  union all
  select *, 2 as version from registered where has_moved
  union all
  select *, 1 as version from registered where sample_u(n || ':copied') < ${shares.duplicateRow * 2}
)
select
  person_id as customer_id,
  case when is_legacy then 'legacy' when uses_app and sample_u(n || ':source') < 0.5 then 'app' else 'web' end as source,
  ${gone(sloppyEmail(`n || ':account'`, "email"))} as email,
  ${gone(`case when sample_u(n || ':has-phone') < 0.85 then
    case when version = 2 then replace(phone, '0', '1') else phone end end`)} as phone,
  ${gone("first_name")} as first_name,
  ${gone("last_name")} as last_name,
  ${gone(`case when sample_u(n || ':has-birth') < 0.7 then strftime(birth_date, '%Y-%m-%d') end`)} as birth_date,
  case when sample_u(n || ':has-gender') < 0.1 then null when sample_u(n || ':has-gender') < 0.2 then upper(gender)
    when sample_u(n || ':has-gender') < 0.25 then if(gender = 'm', 'male', 'female') else gender end as gender,
  case when sample_u(n || ':country-case') < 0.05 then lower(country) else country end as country,
  ${gone(`case when version = 2 then 'Moved to ' || city else city end`)} as city,
  ${gone("zip")} as zip,
  ${utc("created_at")} as created_at,
  ${utc(`case when version = 2 then created_at + to_days(sample_whole(n || ':moved-after', 1, 90)::integer) else created_at end`)} as updated_at,
  split_part(acquisition, '|', 1) as first_source,
  split_part(acquisition, '|', 2) as first_medium,
  nullif(split_part(acquisition, '|', 3), '') as first_campaign,
  is_test,
  is_deleted
from versions`;
}
