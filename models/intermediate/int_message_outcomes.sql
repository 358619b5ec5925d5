-- Messages with the orders that are attributed to them by the model of `attribution_model`.
with credited as (
  select
    attribution.message_id,
    sum(attribution.weight) as orders,
    sum(attribution.weight) filter (where orders.order_seq >= 2) as repeat_orders,
    sum(attribution.weight * orders.net) as net
  from {{ref "int_order_attribution"}} as attribution
  join {{ref "int_orders_net"}} as orders using (order_id)
  where attribution.model = {{literal (var "attribution_model")}} and attribution.message_id is not null
  group by attribution.message_id
)

select
  recipients.*,
  coalesce(recipients.variant, '(none)') as variant_name,
  coalesce(scores.segment, 'Unknown') as segment,
  isodow(recipients.sent_at) as sent_isodow,
  hour(recipients.sent_at) as sent_hour,
  coalesce(credited.orders, 0) as attributed_orders,
  coalesce(credited.repeat_orders, 0) as attributed_repeat_orders,
  {{> money amount="coalesce(credited.net, 0)"}} as attributed_net
from {{ref "int_message_recipient"}} as recipients
left join credited using (message_id)
left join {{ref "rfm_scores"}} as scores on scores.customer_id = recipients.customer_id
