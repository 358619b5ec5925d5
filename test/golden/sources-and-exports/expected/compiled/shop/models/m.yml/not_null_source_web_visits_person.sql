select *
from read_csv('<project>/data/visits.csv', delim = '|', types = {'person': 'varchar', 'at': 'timestamp'})
where "person" is null
