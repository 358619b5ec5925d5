with records as (
  select
    lower({{> clean_text column="source"}}) as source,
    {{> id_text column="source_id"}} as source_id,
    {{> id_text column="customer_id"}} as customer_id,
    lower({{> clean_text column="method"}}) as method,
    {{> local_timestamp column="valid_from"}} as valid_from
  from {{ref "raw_identity_links"}}
)

select source, source_id, customer_id, method, valid_from
from records
where source_id is not null and customer_id is not null and coalesce(cast(valid_from as date) <= {{> as_of_date}}, true)
qualify row_number() over (partition by source, source_id, customer_id order by valid_from nulls first, method) = 1
