-- Sums of two currencies mean nothing: convert in staging, or set reporting_currency.
select order_id, currency
from {{ref "stg_orders"}}
where currency <> {{literal (var "reporting_currency")}}
