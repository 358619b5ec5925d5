select
  round(net / 100.0, 2) as "net", round(gross / 100.0, 2) as "gross",
  round(net - gross / 100.0, 0) as difference
from (select 1999 as net, 2379 as gross) as raw
