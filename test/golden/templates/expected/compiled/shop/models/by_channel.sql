select
  customer_id,
  count(*) filter (where channel = 'app') as "orders_app",
  count(*) filter (where channel = 'web') as "orders_web",
  count(*) filter (where channel = 'o''clock') as "orders_o'clock"from "analytics"."inline"
-- {{ two braces }} stay
group by customer_id
