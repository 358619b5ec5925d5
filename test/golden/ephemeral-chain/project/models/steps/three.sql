select a.n + b.n as n from {{ref "one"}} as a cross join {{ref "two"}} as b;
