-- Each valid order is given away exactly once in every model.
with models as (
  select
    unnest(
      {{> text_list values=(list "last_click" "last_touch" "first" "linear" "time_decay" "last_non_direct")}}
    ) as model
),

credited as (
  select order_id, model, sum(weight) as weight
  from {{ref "int_order_attribution"}}
  group by order_id, model
)

select orders.order_id, models.model, credited.weight
from {{ref "int_orders_net"}} as orders
cross join models
left join credited using (order_id, model)
where orders.is_valid and abs(coalesce(credited.weight, 0) - 1) > 1e-9
