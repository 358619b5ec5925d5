select 1 as p0, 2 as p1, 4 as p2, 8 as p3, 16 as p4
