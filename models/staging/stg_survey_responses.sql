with records as (
  select
    {{> id_text column="response_id"}} as response_id,
    coalesce({{> clean_text column="question"}}, {{> clean_text column="survey_type"}}) as question,
    {{> id_text column="customer_id"}} as customer_id,
    lower({{> clean_text column="survey_type"}}) as survey_type,
    cast(score as decimal(6, 2)) as score,
    {{> clean_text column="choice"}} as choice,
    lower({{> clean_text column="text_category"}}) as text_category,
    {{> local_timestamp column="answered_at"}} as answered_at,
    {{> id_text column="order_id"}} as order_id,
    {{> id_text column="ticket_id"}} as ticket_id
  from {{ref "raw_survey_responses"}}
)

select
  response_id,
  question,
  customer_id,
  survey_type,
  score,
  choice,
  text_category,
  answered_at,
  cast(answered_at as date) as answered_on,
  order_id,
  ticket_id
from records
where cast(answered_at as date) <= {{> as_of_date}}
-- Who answers again has changed their mind.
qualify row_number() over (partition by response_id, question order by answered_at desc, score, choice) = 1
