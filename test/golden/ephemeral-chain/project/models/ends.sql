select n from {{ref "three"}} union all select n from {{ref "two"}}
