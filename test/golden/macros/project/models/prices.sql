select
  {{> money_columns columns=(list "net" "gross")}},
  {{> cents_to_money column="net - gross" digits=0}} as difference
from (select 1999 as net, 2379 as gross) as raw
