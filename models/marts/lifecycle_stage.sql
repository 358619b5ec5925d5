with dates as (
  select * from {{ref "int_lifecycle_dates"}}
),

flags as (
  select
    customer_id,
    purchase_is_churned,
    purchase_churned_on,
    purchase_last_at,
    purchase_threshold_days,
    purchase_reactivated_at as reactivated_at
  from {{ref "customer_churn_flags"}}
),

judged as (
  select
    dates.*,
    case
      when dates.loyalty_on is not null then 'loyalty'
      when dates.retention_on is not null then 'retention'
      when dates.conversion_on is not null then 'conversion'
      when dates.acquisition_on is not null then 'acquisition'
      else 'reach'
    end as furthest_stage,
    coalesce(dates.loyalty_on, dates.retention_on, dates.conversion_on, dates.acquisition_on, dates.reach_on) as furthest_on,
    flags.purchase_is_churned,
    flags.purchase_churned_on,
    flags.reactivated_at,
    cast(flags.purchase_last_at as date)
      + cast(ceil(flags.purchase_threshold_days * {{var "at_risk_share"}}::double) as integer) as at_risk_on
  from dates
  join flags using (customer_id)
),

staged as (
  select
    *,
    case
      when purchase_is_churned then 'churned'
      when cast(reactivated_at as date) > {{> as_of_date}} - {{var "won_back_days"}}
        and conversion_on is not null then 'won_back'
      when conversion_on is not null and at_risk_on < {{> as_of_date}} then 'at_risk'
      else furthest_stage
    end as stage
  from judged
)

select
  customer_id,
  stage,
  furthest_stage,
  case stage
    when 'churned' then purchase_churned_on
    when 'won_back' then cast(reactivated_at as date)
    when 'at_risk' then at_risk_on
    else furthest_on
  end as entered_at,
  if(
    stage in ('churned', 'won_back', 'at_risk'),
    furthest_stage,
    case stage
      when 'loyalty' then 'retention'
      when 'retention' then 'conversion'
      when 'conversion' then 'acquisition'
      when 'acquisition' then 'reach'
    end
  ) as prev_stage,
  prev_stage as prev,
  {{> as_of_date}} - case stage
    when 'churned' then purchase_churned_on
    when 'won_back' then cast(reactivated_at as date)
    when 'at_risk' then at_risk_on
    else furthest_on
  end as days_in_stage,
  days_in_stage as days,
  {{> as_of_date}} as as_of_date
from staged
