/**
 * The shop in a search engine, day by day: a total per day by property, and rows by page for the queries that the engine
 * shows. It hides rare queries, so the rows of a day add up to less than its total.
 */
import { happens, text } from "./expressions.ts";
import { behaviour, calendar, shopName } from "./world.ts";

const branded = [shopName.toLowerCase(), `${shopName} SHOP`, `${shopName.toLowerCase()} coupon`, "카페살트"];
const others = ["skin care routine", "vegan makeup", "hair oil", "gift for her", "선크림 추천", "perfume sample"];
const queries = [
  ...branded.map((query) => [query, true, "/"] as const),
  ...others.map((query, index) => [query, false, index % 2 ? "/blog/routine" : "/c/skincare"] as const),
];

/** The rows of `raw_search_performance`. */
export function searchPerformanceRows(): string {
  return `with days as (
  select day::date as day, day::date || ':' as key, date_diff('month', timestamp ${text(calendar.firstDay)}, day) as age
  from generate_series(timestamp ${text(calendar.firstDay)}, timestamp ${text(calendar.lastDay)}, interval 1 day) as days(day)
),
queries as (
  select * from (values ${queries.map(([query, isBrand, page]) => `(${text(query)}, ${isBrand}, ${text(page)})`).join(", ")}) as listed(query, is_brand, page)
),
shown as (
  select day, query, is_brand, page, key || query as key, age, if(is_brand, 1.4 + sample_u(key || query || ':position'), 4 + 12 * sample_u(key || query || ':position')) as position
  from days, queries
  where ${happens("key || query || ':shown'", `if(is_brand, ${behaviour.brandSearches}, 0.25)`)}
),
counted as (
  select *, floor((20 + age) * (0.5 + sample_u(key || ':seen')) * if(is_brand, 2, 3))::bigint as impressions from shown
),
clicked as (
  select *, floor(impressions * if(is_brand, 0.35, 0.3 / position) * (0.6 + 0.8 * sample_u(key || ':clicked')))::bigint as clicks from counted
),
totals as (
  select day, sum(impressions) as impressions, sum(clicks) as clicks, sum(impressions * position) / sum(impressions) as position from clicked group by day
)
select strftime(day, '%Y-%m-%d') as day, query, page, if(sample_u(key || ':device') < 0.7, 'mobile', 'desktop') as device, 'KR' as country, clicks, impressions, round(position, 2) as position, 'page' as aggregation
from clicked
union all
select strftime(day, '%Y-%m-%d'), null, null, null, null, clicks + floor(clicks * (0.1 + 0.3 * sample_u(day || ':hidden')))::bigint,
  impressions + floor(impressions * (0.2 + 0.4 * sample_u(day || ':hidden')))::bigint, round(position, 2), 'property'
from totals`;
}
