with sessions as (
  select *, {{> month_start date="started_on"}} as month from {{ref "int_sessions_channelled"}}
),

visits as (
  select
    month,
    channel_group,
    count(*) as sessions,
    count(distinct visitor_id) as users,
    count(*) filter (where is_bounce) as bounces,
    count(*) filter (where is_engaged) as engaged,
    count(*) filter (where furthest_step = 'purchase') as converting_sessions,
    sum(page_views) as page_views,
    sum(engaged_seconds) as engaged_seconds
  from sessions
  group by month, channel_group
),

first_orders as (
  select
    orders.customer_id,
    orders.ordered_on,
    {{> month_start date="orders.ordered_on"}} as month,
    -- A first order without a session was placed in a store, by a guest of unknown way, or before sessions were kept.
    coalesce(sessions.last_non_direct_channel_group, 'Unknown') as channel_group,
    orders.net
  from {{ref "int_orders_net"}} as orders
  left join sessions on sessions.session_id = orders.session_id
  where orders.is_first_order
),

later_value as (
  select
    first_orders.customer_id,
    sum(margins.net) filter (where margins.ordered_on < first_orders.ordered_on + 90) as net_90,
    list(
      struct_pack(days := date_diff('day', first_orders.ordered_on, margins.ordered_on), margin := margins.margin)
    ) as margins
  from first_orders
  join {{ref "int_order_margins"}} as margins using (customer_id)
  group by first_orders.customer_id
),

newcomers as (
  select
    first_orders.month,
    first_orders.channel_group,
    count(*) as new_customers,
    sum(first_orders.net) as first_order_revenue,
    count(*) filter (where first_orders.ordered_on + 90 <= {{> as_of_date}} + 1) as with_90_days,
    sum(later_value.net_90) filter (where first_orders.ordered_on + 90 <= {{> as_of_date}} + 1) as net_90
  from first_orders
  left join later_value using (customer_id)
  group by first_orders.month, first_orders.channel_group
),

-- The channel of a paid campaign is the one that its visits came by most.
campaign_channels as (
  select campaign, source, arg_max(channel_group, visits) as channel_group
  from (
    select
      lower(campaign) as campaign,
      lower(source) as source,
      channel_group,
      count(*) as visits
    from sessions
    where campaign is not null
    group by all
  )
  group by campaign, source
),

spend as (
  select
    {{> month_start date="spend.day"}} as month,
    coalesce(campaign_channels.channel_group, 'Paid Other') as channel_group,
    sum(spend.spend) as spend,
    sum(spend.clicks) as ad_clicks,
    sum(spend.impressions) as ad_impressions
  from {{ref "stg_ad_spend"}} as spend
  left join campaign_channels
    on campaign_channels.campaign = lower(spend.campaign) and campaign_channels.source = spend.platform
  group by 1, 2
),

keys as (
  select month, channel_group from visits
  union
  select month, channel_group from newcomers
  union
  select month, channel_group from spend
),

costs as (
  select
    keys.month,
    keys.channel_group,
    {{> safe_ratio numerator="spend.spend" denominator="newcomers.new_customers"}} as cac
  from keys
  left join spend using (month, channel_group)
  left join newcomers using (month, channel_group)
),

-- Margin of the newcomers so far, 30 days by 30 days.
cumulated as (
  select
    first_orders.month,
    first_orders.channel_group,
    steps.n as months_after,
    sum(
      list_sum(
        list_transform(list_filter(later_value.margins, entry -> entry.days < steps.n * 30), entry -> entry.margin)
      )
    ) / count(*) as margin_per_customer
  from first_orders
  join later_value using (customer_id)
  cross join (select cast(unnest(range(1, {{var "payback_max_months"}} + 1)) as integer) as n) as steps
  where last_day(first_orders.month) + steps.n * 30 <= {{> as_of_date}}
  group by first_orders.month, first_orders.channel_group, steps.n
),

paybacks as (
  select costs.month, costs.channel_group, min(cumulated.months_after) as payback_months
  from costs
  join cumulated using (month, channel_group)
  where cumulated.margin_per_customer >= costs.cac
  group by costs.month, costs.channel_group
)

select
  keys.month,
  keys.channel_group,
  coalesce(visits.sessions, 0) as sessions,
  coalesce(visits.users, 0) as users,
  coalesce(newcomers.new_customers, 0) as new_customers,
  {{> safe_ratio numerator="visits.bounces" denominator="visits.sessions"}} as bounce_rate,
  {{> safe_ratio numerator="visits.engaged" denominator="visits.sessions"}} as engagement_rate,
  {{> safe_ratio numerator="visits.converting_sessions" denominator="visits.sessions"}} as conversion_rate,
  conversion_rate as conversion,
  {{> safe_ratio numerator="visits.page_views" denominator="visits.sessions"}} as pages_per_session,
  {{> safe_ratio numerator="visits.engaged_seconds" denominator="visits.sessions"}} as dwell_seconds_per_session,
  {{> money amount="coalesce(newcomers.first_order_revenue, 0)"}} as first_order_revenue,
  {{> safe_ratio numerator="newcomers.net_90" denominator="newcomers.with_90_days"}} as ltv_90,
  coalesce(newcomers.with_90_days = newcomers.new_customers, false) as is_ltv_90_complete,
  {{> money amount="coalesce(spend.spend, 0)"}} as spend,
  {{> safe_ratio numerator="spend.ad_clicks" denominator="spend.ad_impressions"}} as ad_ctr,
  costs.cac,
  {{> safe_ratio numerator="newcomers.first_order_revenue" denominator="spend.spend"}} as roas,
  cast(paybacks.payback_months as integer) as payback_months,
  cast(paybacks.payback_months as integer) as payback,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from keys
left join visits using (month, channel_group)
left join newcomers using (month, channel_group)
left join spend using (month, channel_group)
left join costs using (month, channel_group)
left join paybacks using (month, channel_group)
