select 1 as id, 'abc' as word, 10 as amount
