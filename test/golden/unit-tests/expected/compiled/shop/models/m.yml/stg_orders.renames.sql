select id as order_id, day, amount, status from "stg_orders.renames"."orders"
