/** What ads cost, by day, campaign and ad. The campaigns are those that sessions and first visits name. */
import { opening, text } from "./expressions.ts";
import { calendar } from "./world.ts";

/** platform, campaign, ads, spend per ad and day in won, cost per click, click rate. */
const campaigns = [
  ["google", "brand", 1, 4000, 180, 0.09],
  ["google", "non_brand", 2, 9000, 420, 0.025],
  ["facebook", "spring_sale", 1, 8000, 350, 0.012],
  ["instagram", "new_arrivals", 1, 10_000, 300, 0.014],
] as const;

/** The rows of `raw_ad_spend`. An ad that paused for a day has no row. */
export function adSpendRows(): string {
  const rows = campaigns.map(
    ([platform, campaign, ads, spend, perClick, rate]) => `(${text(platform)}, ${text(campaign)}, ${ads}, ${spend}, ${perClick}, ${rate})`,
  );
  return `with ads as (
  select *, day || ':' || campaign || ':' || ad as key
  from generate_series(${opening}, timestamp ${text(calendar.lastDay)}, interval 1 day) as days(day),
    (values ${rows.join(", ")}) as listed(platform, campaign, ads, daily_spend, per_click, click_rate),
    unnest(range(1, ads + 1)) as numbers(ad)
),
spent as (
  select *, round(daily_spend * (0.5 + sample_u(key || ':spend')) / 10)::bigint * 10 as spend from ads where sample_u(key || ':paused') >= 0.06
),
clicked as (
  select *, floor(spend / (per_click * (0.8 + 0.4 * sample_u(key || ':price'))))::bigint as clicks from spent
)
select strftime(day, '%Y-%m-%d') as day, platform, 'AD_' || campaign as campaign_id, campaign, 'ad' || ad as ad, spend,
  clicks + floor(clicks / (click_rate * (0.8 + 0.4 * sample_u(key || ':rate'))))::bigint as impressions, clicks
from clicked`;
}
