-- An order that is not there yet has not been placed: a cart that became one after as_of is still a cart.
with carts as (
  select
    carts.* replace (placed.order_id as converted_order_id),
    sessions.platform as channel,
    coalesce(people.customer_id, carts.customer_id) as person_id,
    -- Who is not known is told apart by the browser, and failing that by the cart.
    coalesce(
      people.customer_id,
      carts.customer_id,
      'browser ' || sessions.anonymous_id,
      'cart ' || carts.cart_id
    ) as owner
  from {{ref "stg_carts"}} as carts
  left join {{ref "int_account_people"}} as people on people.account_id = carts.customer_id
  left join {{ref "stg_sessions"}} as sessions on sessions.session_id = carts.session_id
  left join {{ref "int_orders_net"}} as placed on placed.order_id = carts.converted_order_id
),

orders as (
  select order_id, customer_id, session_id, ordered_at, net
  from {{ref "int_orders_net"}}
  where is_valid
),

followed as (
  select
    *,
    max(last_activity_at) over (
      partition by owner
      order by created_at, cart_id rows between unbounded preceding and 1 preceding
    ) as busy_until,
    lag(converted_order_id) over (partition by owner order by created_at, cart_id) as order_before
  from carts
),

-- A cart begun while the one before was still warm is the same intention; one that follows an order is a new one.
numbered as (
  select
    *,
    count(*) filter (
      where busy_until is null
        or order_before is not null
        or created_at > busy_until + to_hours({{var "cart_abandon_hours"}})
    ) over (partition by owner order by created_at, cart_id) as intention
  from followed
),

merged as (
  select
    owner,
    min_by(cart_id, created_at) as cart_id,
    list(cart_id order by created_at, cart_id) as cart_ids,
    any_value(person_id) as customer_id,
    arg_max(channel, created_at) as channel,
    min(created_at) as created_at,
    max(last_activity_at) as last_activity_at,
    arg_max(value, last_activity_at) as value,
    list(distinct session_id) filter (where session_id is not null) as session_ids,
    max(converted_order_id) as converted_order_id
  from numbered
  group by owner, intention
),

timed as (
  select
    merged.*,
    merged.last_activity_at + to_hours({{var "cart_abandon_hours"}}) as abandoned_at,
    conversions.ordered_at as converted_at,
    coalesce(list_contains(merged.session_ids, conversions.session_id), false) as is_same_session
  from merged
  left join orders as conversions on conversions.order_id = merged.converted_order_id
),

judged as (
  select
    *,
    case
      when converted_order_id is not null
        and (converted_at is null or converted_at <= abandoned_at or is_same_session) then 'converted'
      when cast(abandoned_at as date) > {{> as_of_date}} then 'open'
      else 'abandoned'
    end as status
  from timed
),

abandoned as (
  select * from judged where status = 'abandoned'
),

-- By person, or by the order that the cart became: two joins by key, where one with `or` would compare all with all.
later_orders as (
  select abandoned.cart_id, abandoned.session_ids, abandoned.abandoned_at, orders.*
  from abandoned
  join orders on orders.customer_id = abandoned.customer_id
  union all
  select abandoned.cart_id, abandoned.session_ids, abandoned.abandoned_at, orders.*
  from abandoned
  join orders on orders.order_id = abandoned.converted_order_id
),

recoveries as (
  select
    cart_id,
    min(ordered_at) as recovered_at,
    arg_min(order_id, ordered_at) as recovered_order_id,
    arg_min(net, ordered_at) as recovered_value
  from later_orders
  where ordered_at > abandoned_at
    and ordered_at <= abandoned_at + to_days({{var "cart_recovery_days"}})
    -- Going on in the session in which the cart was left is buying, not coming back.
    and not coalesce(list_contains(session_ids, session_id), false)
  group by cart_id
),

-- One order may bring back several carts that were left one after the other; its value is that of the last.
valued as (
  select
    recoveries.* replace (
      if(
        row_number() over (
          partition by recoveries.recovered_order_id
          order by abandoned.abandoned_at desc, recoveries.cart_id
        ) = 1,
        recoveries.recovered_value,
        0
      ) as recovered_value
    )
  from recoveries
  join abandoned using (cart_id)
),

reminders as (
  select unnested.cart_id, min(messages.sent_at) as reminded_at
  from (select cart_id, unnest(cart_ids) as member_id from judged where status = 'abandoned') as unnested
  join {{ref "stg_messages"}} as messages
    on messages.trigger_id = unnested.member_id and messages.dropped_reason is null
  group by unnested.cart_id
)

select
  judged.cart_id,
  len(judged.cart_ids) as carts,
  judged.customer_id,
  coalesce(judged.channel, 'unknown') as channel,
  judged.created_at,
  cast(judged.created_at as date) as created_on,
  judged.last_activity_at,
  judged.value,
  judged.status,
  judged.converted_order_id,
  if(judged.status = 'abandoned', judged.abandoned_at, null) as abandoned_at,
  reminders.reminded_at,
  valued.recovered_at,
  valued.recovered_order_id,
  {{> money amount="valued.recovered_value"}} as recovered_value
from judged
left join valued using (cart_id)
left join reminders using (cart_id)
