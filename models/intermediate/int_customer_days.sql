with purchases as (
  select
    customer_id,
    ordered_on as active_on,
    count(*) as orders,
    sum(net) as net,
    min(ordered_at) as first_order_at,
    max(ordered_at) as last_order_at
  from {{ref "int_orders_net"}}
  where is_valid and customer_id is not null
  group by customer_id, ordered_on
),

-- Where people come to, without necessarily buying: the app, the site, a store.
visits as (
  select customer_id, occurred_on as active_on, occurred_at as visited_at, 'app' as place
  from {{ref "int_app_events_owned"}}
  where event_type = 'open' and customer_id is not null
  union all
  select customer_id, started_on, started_at, platform
  from {{ref "int_sessions_channelled"}}
  where customer_id is not null
  union all
  select links.customer_id, store.visited_on, store.visited_at, 'store'
  from {{ref "stg_store_visits"}} as store
  join {{ref "int_identity_links"}} as links on links.link_type = 'account' and links.link_key = store.customer_id
),

visit_days as (
  select
    customer_id,
    active_on,
    bool_or(place = 'app') as visited_app,
    bool_or(place = 'web') as visited_web,
    bool_or(place = 'store') as visited_store,
    count(*) as visits,
    min(visited_at) as first_visit_at,
    max(visited_at) as last_visit_at
  from visits
  group by customer_id, active_on
),

-- What machines open and click engages nobody.
reactions as (
  select
    recipients.customer_id,
    events.occurred_on as active_on,
    count(*) filter (where events.event_type = 'open') as opens,
    count(*) filter (where events.event_type = 'click') as clicks,
    min(events.occurred_at) as first_engaged_at,
    max(events.occurred_at) as last_engaged_at
  from {{ref "stg_message_events"}} as events
  join {{ref "int_message_recipient"}} as recipients using (message_id)
  where events.event_type in ('open', 'click') and not events.is_machine and recipients.customer_id is not null
  group by recipients.customer_id, events.occurred_on
),

days as (
  select *
  from purchases
  full join visit_days using (customer_id, active_on)
  full join reactions using (customer_id, active_on)
)

select
  days.customer_id,
  days.active_on,
  days.orders is not null as bought,
  days.visits is not null as visited,
  days.first_engaged_at is not null as engaged,
  coalesce(days.orders, 0) as orders,
  {{> money amount="coalesce(days.net, 0)"}} as net,
  coalesce(days.visited_app, false) as visited_app,
  coalesce(days.visited_web, false) as visited_web,
  coalesce(days.visited_store, false) as visited_store,
  coalesce(days.visits, 0) as visits,
  coalesce(days.opens, 0) as opens,
  coalesce(days.clicks, 0) as clicks,
  days.first_order_at,
  days.last_order_at,
  days.first_visit_at,
  days.last_visit_at,
  days.first_engaged_at,
  days.last_engaged_at
from days
join {{ref "int_customers_unified"}} as people using (customer_id)
where people.excluded_reason is distinct from 'test'
