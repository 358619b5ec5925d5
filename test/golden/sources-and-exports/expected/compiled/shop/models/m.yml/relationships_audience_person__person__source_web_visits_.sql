select child.*
from (select * from "main"."audience") as child
left join (select distinct "person" as parent_key from read_csv('<project>/data/visits.csv', delim = '|', types = {'person': 'varchar', 'at': 'timestamp'})) as parent
  on child."person" = parent.parent_key
where child."person" is not null and parent.parent_key is null
