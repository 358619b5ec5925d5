-- config: {severity: warn}
select p.age, c.n from {{ref "people"}} as p, {{ref "count_of_people"}} as c where p.age < 18
