with responses as (
  select
    customer_id,
    channel,
    (clicked and list_contains({{> text_list values=(var "affinity_responses")}}, channel || '_click'))
      or (
        opened_human and list_contains({{> text_list values=(var "affinity_responses")}}, channel || '_open')
      ) as responded,
    last_engaged_at
  from {{ref "int_message_recipient"}}
  join {{ref "int_customers_unified"}} as people using (customer_id)
  where people.excluded_reason is null
    and delivered
    and not is_transactional
    and sent_on > {{> as_of_date}} - {{var "affinity_days"}}
),

usual as (
  select
    channel,
    {{> safe_ratio numerator="count(*) filter (where responded)" denominator="count(*)"}} as usual_rate
  from responses
  group by channel
),

counted as (
  select
    customer_id,
    channel,
    count(*) as exposures,
    count(*) filter (where responded) as responses,
    max(last_engaged_at) filter (where responded) as last_response_at
  from responses
  group by customer_id, channel
),

-- Few messages say little: everybody starts with the channel's usual rate, as if it had been seen some messages long.
smoothed as (
  select
    counted.*,
    (counted.responses + usual.usual_rate * {{var "affinity_prior_messages"}})
      / (counted.exposures + {{var "affinity_prior_messages"}}) as smoothed_rate,
    {{> safe_ratio numerator="counted.responses" denominator="counted.exposures"}} as response_rate,
    usual.usual_rate
  from counted
  join usual using (channel)
),

ranked as (
  select
    *,
    row_number() over (partition by customer_id order by smoothed_rate desc, responses desc, channel) as affinity_rank
  from smoothed
)

select
  ranked.customer_id,
  ranked.channel,
  ranked.exposures,
  ranked.responses,
  ranked.response_rate,
  ranked.smoothed_rate,
  ranked.last_response_at,
  cast(ranked.affinity_rank as integer) as rank,
  -- Who answers nowhere prefers nothing.
  ranked.affinity_rank = 1 and sum(ranked.responses) over (partition by ranked.customer_id) > 0 as preferred,
  {{> as_of_date}} as as_of_date
from ranked
