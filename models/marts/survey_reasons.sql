with answers as (
  select
    coalesce(people.customer_id, answers.customer_id, 'response ' || answers.response_id) as person_id,
    coalesce(answers.choice, 'not_said') as reason,
    answers.answered_on
  from {{ref "stg_survey_responses"}} as answers
  left join {{ref "int_account_people"}} as people on people.account_id = answers.customer_id
  where answers.survey_type = 'churn_reason'
  -- Somebody who leaves twice has the last reason.
  qualify row_number() over (
    partition by coalesce(people.customer_id, answers.customer_id, answers.response_id)
    order by answers.answered_at desc, answers.response_id desc
  ) = 1
),

plans as (
  select
    coalesce(people.customer_id, subscriptions.customer_id) as person_id,
    subscriptions.* exclude (customer_id)
  from {{ref "stg_subscriptions"}} as subscriptions
  left join {{ref "int_account_people"}} as people on people.account_id = subscriptions.customer_id
),

-- Who has another plan on the day of the end has changed it, and is no loss.
cancellations as (
  select plans.person_id, plans.cancel_reason, plans.mrr
  from plans
  anti join plans as others
    on others.person_id = plans.person_id and others.started_on <= plans.ended_on
    and coalesce(others.ended_on > plans.ended_on, true)
  where plans.end_type = 'voluntary' and plans.ended_on <= {{> as_of_date}}
),

-- The reason given with the notice; without one, what the survey says.
lost as (
  select
    coalesce(cancellations.cancel_reason, answers.reason, 'not_said') as reason,
    cancellations.mrr
  from cancellations
  left join answers using (person_id)
),

lost_by_reason as (
  select reason, count(*) as cancellations, sum(mrr) as mrr_lost from lost group by reason
),

said as (
  select
    answers.reason,
    count(*) as answers,
    count(*) filter (where flags.churn_any_passive or flags.churn_any_active) as still_gone
  from answers
  left join {{ref "customer_churn_flags"}} as flags on flags.customer_id = answers.person_id
  group by answers.reason
)

select
  coalesce(said.reason, lost_by_reason.reason) as reason,
  coalesce(said.answers, 0) as answers,
  coalesce(said.answers, 0) as count,
  {{> safe_ratio numerator="coalesce(said.answers, 0)" denominator="sum(coalesce(said.answers, 0)) over ()"}} as share,
  coalesce(said.still_gone, 0) as still_gone,
  coalesce(lost_by_reason.cancellations, 0) as cancellations,
  {{> money amount="coalesce(lost_by_reason.mrr_lost, 0)"}} as mrr_lost,
  {{literal (var "reporting_currency")}} as currency,
  {{> as_of_date}} as as_of_date
from said
full join lost_by_reason on lost_by_reason.reason = said.reason
