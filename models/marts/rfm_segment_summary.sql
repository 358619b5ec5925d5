with customers as (
  select
    scores.*,
    coalesce(orders.orders, 0) as orders,
    coalesce(orders.net, 0) as net
  from {{ref "rfm_scores"}} as scores
  left join (
    select
      customer_id,
      count(*) as orders,
      sum(net) as net
    from {{ref "int_orders_net"}}
    where is_valid and ordered_on > {{> as_of_date}} - {{var "rfm_lookback_days"}}
    group by customer_id
  ) as orders using (customer_id)
)

select
  segment,
  count(*) as customers,
  cast(sum(orders) as bigint) as orders,
  {{> money amount="sum(net)"}} as revenue,
  {{> safe_ratio numerator="sum(net)" denominator="sum(orders)"}} as aov,
  {{> safe_ratio numerator="count(*)" denominator="sum(count(*)) over ()"}} as customer_share,
  {{> safe_ratio numerator="sum(net)" denominator="sum(sum(net)) over ()"}} as revenue_share,
  median(r_value) as median_recency_days,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from customers
group by segment
