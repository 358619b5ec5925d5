with orders as (
  select order_id, customer_id, ordered_at from {{ref "int_orders_net"}} where is_valid
),

touches as (
  select
    * exclude ("at"),
    touches."at" as touched_at,
    touch_type <> 'session' as is_message,
    case
      when touch_type = 'session' then {{var "attribution_session_hours"}}
      when channel = 'email' then {{var "attribution_email_hours"}}
      when channel = 'sms' then {{var "attribution_sms_hours"}}
      else {{var "attribution_push_hours"}}
    end as window_hours
  from {{ref "int_touches"}} as touches
  where eligible
),

-- Causality first, the window second.
pairs as (
  select
    orders.order_id,
    touches.*,
    date_diff('second', touches.touched_at, orders.ordered_at) / 3600.0 as hours_before
  from orders
  join touches
    on touches.customer_id = orders.customer_id and touches.touched_at < orders.ordered_at
    and touches.touched_at >= orders.ordered_at - to_hours(cast(touches.window_hours as bigint))
),

-- Opens are no visits: the models of the whole journey look at clicks and visits.
journey as (
  select * from pairs where touch_type <> 'open'
),

credited as (
  select *, 'last_click' as model, 1.0 as weight
  from pairs
  where is_message and touch_type = 'click'
  qualify row_number() over (partition by order_id order by touched_at desc, touch_id) = 1
  union all
  select *, 'last_touch', 1.0
  from pairs
  where is_message
  qualify row_number() over (partition by order_id order by touched_at desc, touch_type, touch_id) = 1
  union all
  select *, 'first', 1.0
  from journey
  qualify row_number() over (partition by order_id order by touched_at, touch_id) = 1
  union all
  select *, 'last_non_direct', 1.0
  from journey
  qualify row_number() over (partition by order_id order by channel = 'Direct', touched_at desc, touch_id) = 1
  union all
  select *, 'linear', 1.0 / count(*) over (partition by order_id) from journey
  union all
  select
    *,
    'time_decay',
    pow(0.5, hours_before / {{var "attribution_half_life_hours"}})
      / sum(pow(0.5, hours_before / {{var "attribution_half_life_hours"}})) over (
      partition by order_id
    )
  from journey
),

models as (
  select
    unnest(
      {{> text_list values=(list "last_click" "last_touch" "first" "linear" "time_decay" "last_non_direct")}}
    ) as model
),

organic as (
  select orders.order_id, models.model
  from orders
  cross join models
  anti join credited on credited.order_id = orders.order_id and credited.model = models.model
)

select
  credited.order_id,
  credited.model,
  credited.touch_id,
  orders.customer_id,
  orders.ordered_at,
  credited.touched_at,
  credited.channel,
  credited.touch_type,
  credited.campaign_id,
  credited.message_id,
  cast(credited.weight as double) as weight,
  cast(credited.window_hours as integer) as window_hours,
  false as is_organic
from credited
join orders using (order_id)

union all

select
  orders.order_id,
  organic.model,
  null,
  orders.customer_id,
  orders.ordered_at,
  null,
  'organic',
  null,
  null,
  null,
  1.0,
  null,
  true
from organic
join orders using (order_id)
