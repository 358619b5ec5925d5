select * from {{ref "orders"}} where person not in (select person from {{ref "people"}})
