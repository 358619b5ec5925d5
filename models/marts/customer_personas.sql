with people as (
  select customer_id from {{ref "int_customers_unified"}} where excluded_reason is null
),

orders as (
  select * from {{ref "int_orders_net"}} where is_valid and customer_id is not null
),

habits as (
  select
    customer_id,
    count(*) as orders,
    avg(net) as aov,
    {{> safe_ratio numerator="count(*) filter (where discount > 0 or coupon_code is not null)" denominator="count(*)"}} as discounted_share,
    date_diff('day', max(ordered_on), {{> as_of_date}}) as days_since_last
  from orders
  group by customer_id
),

preferred_channels as (
  select customer_id, channel
  from orders
  group by customer_id, channel
  qualify row_number() over (partition by customer_id order by count(*) desc, max(ordered_at) desc, channel) = 1
),

preferred_dayparts as (
  select
    customer_id,
    case
      when hour(ordered_at) between 6 and 11 then 'morning'
      when hour(ordered_at) between 12 and 17 then 'afternoon'
      when hour(ordered_at) between 18 and 22 then 'evening'
      else 'night'
    end as daypart
  from orders
  group by customer_id, daypart
  qualify row_number() over (partition by customer_id order by count(*) desc, max(ordered_at) desc, daypart) = 1
),

preferred_categories as (
  select customer_id, category
  from {{ref "int_product_orders"}}
  where customer_id is not null
  group by customer_id, category
  qualify row_number() over (partition by customer_id order by sum(amount) desc, count(*) desc, category) = 1
),

described as (
  select
    people.customer_id,
    categories.category as preferred_category,
    channels.channel as preferred_channel,
    dayparts.daypart as preferred_daypart,
    case
      when habits.orders is null then null
      when habits.discounted_share >= {{var "price_sensitive_share"}} then 'high'
      when habits.discounted_share > 0 then 'medium'
      else 'low'
    end as price_sensitivity,
    case
      when scores.m_score >= 5 then 'high'
      when scores.m_score >= 3 then 'middle'
      when scores.m_score is not null then 'low'
    end as value_band,
    case
      when habits.orders is null then 'not_yet'
      when habits.orders = 1 then 'first_purchase'
      when habits.orders < {{var "loyal_orders"}} then 'repeat'
      else 'regular'
    end as life_stage,
    habits.orders,
    habits.aov,
    habits.discounted_share,
    habits.days_since_last
  from people
  left join habits using (customer_id)
  left join preferred_categories as categories using (customer_id)
  left join preferred_channels as channels using (customer_id)
  left join preferred_dayparts as dayparts using (customer_id)
  left join {{ref "rfm_scores"}} as scores using (customer_id)
)

select
  customer_id,
  preferred_category,
  preferred_channel,
  preferred_daypart,
  price_sensitivity,
  value_band,
  life_stage,
  -- The first line that fits names the persona.
  case
    when life_stage = 'not_yet' then 'Onlooker'
    when life_stage = 'regular' and value_band = 'high' then 'Devotee'
    when price_sensitivity = 'high' then 'Bargain hunter'
    when life_stage in ('repeat', 'regular') and preferred_channel = 'store' then 'Store regular'
    when life_stage in ('repeat', 'regular') then 'Online regular'
    when value_band = 'high' then 'Big first basket'
    else 'Trier'
  end as persona,
  cast(coalesce(orders, 0) as bigint) as orders,
  aov,
  discounted_share,
  days_since_last,
  {{> as_of_date}} as as_of_date
from described
