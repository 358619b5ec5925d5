with sessions as (
  select
    sessions.* exclude (customer_id),
    coalesce(accounts.customer_id, browsers.customer_id) as customer_id
  from {{ref "stg_sessions"}} as sessions
  left join {{ref "int_identity_links"}} as accounts
    on accounts.link_type = 'account' and accounts.link_key = sessions.customer_id
  -- A key that is NULL joins nothing; a condition on one side beside the keys would compare every row with every other.
  left join {{ref "int_identity_links"}} as browsers
    on browsers.link_type = 'browser'
    and browsers.link_key = if(sessions.customer_id is null, sessions.anonymous_id, null)
),

-- What a source is, by any label of its host name: m.facebook.com and facebook are one.
source_kinds as (
  select
    sources.source,
    first(kinds.category order by kinds.source = sources.source desc, kinds.category) as category
  from (select distinct source from sessions) as sources
  join {{ref "source_categories"}} as kinds
    on sources.source = kinds.source or list_contains(string_split(sources.source, '.'), kinds.source)
  group by sources.source
),

marked as (
  select
    sessions.*,
    source_kinds.category as source_category,
    coalesce(regexp_matches(sessions.medium, '^(.*cp.*|ppc|retargeting|paid.*)$'), false) as is_paid,
    coalesce(regexp_matches(lower(sessions.campaign), '(^|[^a-df-z])shop|shopping'), false) as is_shopping_campaign
  from sessions
  left join source_kinds using (source)
),

channelled as (
  select
    *,
    case
      when source = '(direct)' and medium in ('(none)', '(not set)') then 'Direct'
      when contains(lower(coalesce(campaign, '')), 'cross-network') then 'Cross-network'
      when is_paid and (source_category = 'shopping' or is_shopping_campaign) then 'Paid Shopping'
      when is_paid and source_category = 'search' then 'Paid Search'
      when is_paid and source_category = 'social' then 'Paid Social'
      when is_paid and source_category = 'video' then 'Paid Video'
      when medium in ('display', 'banner', 'expandable', 'interstitial', 'cpm') then 'Display'
      when is_paid then 'Paid Other'
      when source_category = 'shopping' or is_shopping_campaign then 'Organic Shopping'
      when source_category = 'social'
        or medium in ('social', 'social-network', 'social-media', 'sm', 'social network', 'social media')
          then 'Organic Social'
      when source_category = 'video' or contains(medium, 'video') then 'Organic Video'
      when source_category = 'search' or medium = 'organic' then 'Organic Search'
      when regexp_full_match(source, 'e[-_ ]?mail') or regexp_full_match(medium, 'e[-_ ]?mail') then 'Email'
      when medium in ('affiliate', 'affiliates') then 'Affiliates'
      when medium in ('referral', 'app', 'link') then 'Referral'
      when medium = 'audio' then 'Audio'
      when source = 'sms' or medium = 'sms' then 'SMS'
      when source = 'firebase' or medium like '%push' or contains(medium, 'mobile')
        or contains(medium, 'notification') then 'Mobile Push Notifications'
      else 'Unassigned'
    end as channel_group
  from marked
),

-- A visitor is a person, or else a browser.
visited as (
  select
    *,
    coalesce(customer_id, 'browser:' || anonymous_id, 'session:' || session_id) as visitor_id,
    case
      when channel_group <> 'Direct' then {
        started_at: started_at,
        channel_group: channel_group,
        source: source,
        medium: medium,
        campaign: campaign
      }
    end as arrival
  from channelled
),

remembered as (
  select
    *,
    row_number() over (partition by visitor_id order by started_at, session_id) as visitor_session_seq,
    last_value(arrival ignore nulls) over (
      partition by visitor_id
      order by started_at, session_id rows between unbounded preceding and current row
    ) as last_arrival
  from visited
),

in_memory as (
  select
    * exclude (last_arrival),
    case
      when started_at <= last_arrival.started_at + to_days(cast({{var "last_non_direct_days"}} as integer))
        then last_arrival
    end as last_arrival,
    coalesce(engaged_seconds >= {{var "engaged_session_seconds"}}, false) or coalesce(key_events >= 1, false)
      or coalesce(page_views >= 2, false) as is_engaged
  from remembered
)

select
  session_id,
  customer_id,
  anonymous_id,
  visitor_id,
  visitor_session_seq,
  started_at,
  started_on,
  ended_at,
  platform,
  source,
  medium,
  campaign,
  source_category,
  channel_group,
  coalesce(last_arrival.channel_group, 'Direct') as last_non_direct_channel_group,
  coalesce(last_arrival.source, '(direct)') as last_non_direct_source,
  coalesce(last_arrival.medium, '(none)') as last_non_direct_medium,
  last_arrival.campaign as last_non_direct_campaign,
  is_engaged,
  not is_engaged as is_bounce,
  coalesce(page_views <= 1, true) as is_bounce_ua,
  page_views,
  engaged_seconds,
  key_events,
  furthest_step,
  referrer,
  landing_page,
  exit_page,
  outbound_domain
from in_memory
