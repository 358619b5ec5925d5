-- config: {severity: warn}
select p.age, c.n from "main"."people" as p, "main"."count_of_people" as c where p.age < 18
