-- Nothing after the analysis date is seen anywhere.
select 'stg_customers' as model, customer_id as id
from {{ref "stg_customers"}}
where cast(created_at as date) > {{> as_of_date}}

union all

select 'stg_orders', order_id from {{ref "stg_orders"}} where ordered_on > {{> as_of_date}}

union all

select 'stg_refunds', refund_id from {{ref "stg_refunds"}} where refunded_on > {{> as_of_date}}

union all

select 'stg_app_events', event_id from {{ref "stg_app_events"}} where occurred_on > {{> as_of_date}}

union all

select 'stg_consents', customer_id from {{ref "stg_consents"}} where changed_on > {{> as_of_date}}

union all

select 'int_customers_unified', customer_id
from {{ref "int_customers_unified"}}
where cast(first_seen_at as date) > {{> as_of_date}}
