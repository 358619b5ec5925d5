select link_key as account_id, customer_id
from {{ref "int_identity_links"}}
where link_type = 'account'
