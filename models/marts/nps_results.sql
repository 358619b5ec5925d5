with answers as (
  select
    answers.*,
    coalesce(people.customer_id, answers.customer_id) as person_id,
    cast(date_trunc({{literal (var "nps_period")}}, answers.answered_on) as date) as period,
    answers.score is not null and answers.score between 0 and 10 and answers.score = floor(answers.score) as is_valid
  from {{ref "stg_survey_responses"}} as answers
  left join {{ref "int_account_people"}} as people on people.account_id = answers.customer_id
  where answers.survey_type = 'nps'
),

-- A customer has one voice a period, the last one. Answers of nobody known are one voice each.
voices as (
  select *
  from answers
  where is_valid
  qualify row_number() over (
    partition by period, coalesce(person_id, 'response ' || response_id)
    order by answered_at desc, response_id desc
  ) = 1
),

segmented as (
  select voices.*, 'all' as segment from voices
  union all
  select voices.*, coalesce(scores.segment, 'Unknown')
  from voices
  left join {{ref "rfm_scores"}} as scores on scores.customer_id = voices.person_id
),

excluded as (
  select period, count(*) as excluded from answers where not is_valid group by period
),

counted as (
  select
    period,
    segment,
    count(*) as n,
    count(*) filter (where score >= 9) as promoters,
    count(*) filter (where score between 7 and 8) as passives,
    count(*) filter (where score <= 6) as detractors
  from segmented
  group by period, segment
),

scored as (
  select
    *,
    {{> safe_ratio numerator="promoters - detractors" denominator="n"}} as nps,
    -- Variance of a voice that is +1, 0 or -1.
    sqrt(
      (
        ({{> safe_ratio numerator="promoters + detractors" denominator="n"}})
          - pow({{> safe_ratio numerator="promoters - detractors" denominator="n"}}, 2)
      ) / n
    ) as se
  from counted
)

select
  scored.period,
  scored.segment,
  scored.promoters,
  scored.passives,
  scored.detractors,
  scored.n,
  if(scored.segment = 'all', coalesce(excluded.excluded, 0), null) as excluded,
  scored.nps,
  scored.se,
  greatest(-1.0, scored.nps - {{var "confidence_z"}} * scored.se) as ci_low,
  least(1.0, scored.nps + {{var "confidence_z"}} * scored.se) as ci_high,
  scored.n < {{var "nps_min_answers"}} as is_small_sample,
  {{> as_of_date}} as as_of_date
from scored
left join excluded using (period)
