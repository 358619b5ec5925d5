select day, sum(amount)::integer as amount
from {{ref "events"}}
{{#if (is_incremental)}}
where day >= (select max(day) from {{this}})
{{/if}}
group by day
