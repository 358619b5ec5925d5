select * from {{ref "two"}} where n > 2
