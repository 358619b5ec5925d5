select 1 as x, sum(x) over (partition by nobody_knows) as y
