/** The shop's pages on social networks: what each post reached, and how many followed at the end of each day. */
import { closing, happens, opening, text, timeOfDay, utc } from "./expressions.ts";
import { calendar } from "./world.ts";

/** platform, page, followers on the first day and per day after, share of days with a post. */
const pages = [
  ["instagram", "ig_shop", 4200, 9.5, 0.14],
  ["facebook", "fb_shop", 2100, -0.6, 0.08],
  ["youtube", "yt_shop", 600, 1.8, 0.03],
] as const;

const pageValues = pages
  .map(([platform, page, followers, growth, posts]) => `(${text(platform)}, ${text(page)}, ${followers}, ${growth}, ${posts})`)
  .join(", ");

const days = `select page_days.*, day::date || ':' || page_id as key, date_diff('day', ${opening}, day) as age, day::timestamp as day_start
  from (select * from generate_series(${opening}, timestamp ${text(calendar.lastDay)}, interval 1 day) as days(day),
    (values ${pageValues}) as pages(platform, page_id, followers, growth, posts)) as page_days`;

const followersOf = `(followers + floor(growth * age) + floor(30 * sample_u(key || ':followers')))::bigint`;

/** The rows of `raw_social_followers`. */
export const socialFollowerRows = (): string => `with page_days as (
  ${days}
)
select platform, page_id, strftime(day, '%Y-%m-%d') as day, ${followersOf} as followers from page_days`;

/** The rows of `raw_social_posts`. One post in three belongs to a campaign. */
export function socialPostRows(): string {
  return `with page_days as (
  ${days}
),
posts as (
  select *, ${followersOf} * (0.15 + 0.5 * sample_u(key || ':reach')) as seen_by, day_start + ${timeOfDay("key || ':posted'")} as posted_at
  from page_days
  where ${happens("key || ':posts'", "posts")}
)
select page_id || '-' || age as post_id, platform, page_id,
  case when ${happens("key || ':campaign'", 0.33)} then sample_pick(key || ':which', ['spring_sale', 'new_arrivals', 'giveaway_winter']) end as campaign_id, ${utc("posted_at")} as posted_at,
  floor(seen_by * (1.1 + 0.5 * sample_u(key || ':again')))::bigint as impressions, floor(seen_by)::bigint as reach,
  floor(seen_by * 0.06 * (0.4 + sample_u(key || ':likes')))::bigint as likes, floor(seen_by * 0.006 * (0.4 + sample_u(key || ':comments')))::bigint as comments,
  floor(seen_by * 0.004 * sample_u(key || ':shares'))::bigint as shares, if(platform = 'instagram', floor(seen_by * 0.01 * sample_u(key || ':saves'))::bigint, null) as saves,
  floor(seen_by * 0.02 * sample_u(key || ':clicks'))::bigint as link_clicks
from posts
where posted_at < ${closing}`;
}
