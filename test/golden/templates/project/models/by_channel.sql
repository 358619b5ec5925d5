select
  customer_id
{{~#each (var "channels") as |channel|}},
  count(*) filter (where channel = {{literal channel}}) as {{ident (concat "orders_" channel)}}
{{~/each}}
from {{ref "inline"}}
-- \{{ two braces }} stay
group by customer_id
