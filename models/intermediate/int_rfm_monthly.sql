-- The segment of each customer at the end of each month, by the cut points of that month's buyers.
with month_ends as (
  select
    least(last_day(cast(months.month as date)), {{> as_of_date}}) as day,
    cast(months.month as date) as month
  from (
    select
      unnest(
        generate_series(
          date_trunc('month', {{> as_of_date}}) - to_months({{var "rfm_migration_months"}}),
          date_trunc('month', {{> as_of_date}}),
          interval 1 month
        )
      ) as month
  ) as months
),

people as (
  select customer_id, cast(first_seen_at as date) as first_seen_on
  from {{ref "int_customers_unified"}}
  where excluded_reason is null
),

measured as (
  select
    month_ends.month,
    month_ends.day,
    orders.customer_id,
    date_diff('day', max(orders.ordered_on), month_ends.day) as recency_days,
    count(*) filter (where orders.ordered_on > month_ends.day - {{var "rfm_lookback_days"}}) as frequency,
    {{> money amount=(concat "coalesce(sum(orders.net) filter (where orders.ordered_on > month_ends.day - " (var "rfm_lookback_days") "), 0)")}} as monetary,
    {{> money amount="coalesce(sum(orders.net) filter (where orders.ordered_on >= month_ends.month), 0)"}} as net_of_month
  from month_ends
  join {{ref "int_orders_net"}} as orders on orders.is_valid and orders.ordered_on <= month_ends.day
  join people using (customer_id)
  group by month_ends.month, month_ends.day, orders.customer_id
),

recency_cuts as (
  select
    month,
    {{> quantile_cuts value="cast(recency_days as double)" custom=(var "rfm_recency_cuts")}} as points
  from measured
  group by month
),

by_recency as (
  select
    measured.*,
    5
      - len(list_filter(recency_cuts.points, cut -> {{> is_above_cut value="measured.recency_days" cut="cut"}})) as r_score
  from measured
  join recency_cuts using (month)
),

frequency_cuts as (
  select
    month,
    {{#if (eq (var "rfm_binning") "nested")}}r_score,{{/if}} {{> quantile_cuts value="if(frequency > 0, cast(frequency as double), null)" custom=(var "rfm_frequency_cuts")}} as points
  from by_recency
  group by month{{#if (eq (var "rfm_binning") "nested")}}, r_score{{/if}}
),

scored as (
  select
    by_recency.*,
    greatest(
      1 + len(list_filter(frequency_cuts.points, cut -> {{> is_above_cut value="by_recency.frequency" cut="cut"}})),
      1
    ) as f_score
  from by_recency
  join frequency_cuts on frequency_cuts.month
    = by_recency.month {{#if (eq (var "rfm_binning") "nested")}}and frequency_cuts.r_score = by_recency.r_score{{/if}}
)

select
  month_ends.month,
  people.customer_id,
  if(scored.customer_id is null, 'Prospect', grid.segment) as segment,
  coalesce(scored.monetary, 0) as monetary,
  coalesce(scored.net_of_month, 0) as net_of_month
from month_ends
join people on people.first_seen_on <= month_ends.day
left join scored on scored.month = month_ends.month and scored.customer_id = people.customer_id
left join {{ref "rfm_segment_grid"}} as grid on grid.r_score = scored.r_score and grid.f_score = scored.f_score
