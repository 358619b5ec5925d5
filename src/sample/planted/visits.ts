/** Carts, sessions and store visits on the edge of a rule, and the pages of nobody's followers. X0301, X0901 and on. */
import { account, hoursFrom, order } from "./builders.ts";
import type { PlantedRows, Row } from "./rows.ts";

const filled = "2026-05-11T03:00:00Z";

const cart = (id: string, customer: string, at: string, said: Row = {}): Row => ({
  cart_id: `CX${id}`,
  customer_id: customer,
  session_id: `XS${id}`,
  created_at: at,
  last_activity_at: hoursFrom(at, 0.25),
  value: 50_000,
  ...said,
});

const carts = [
  // Rule 31. Left behind and never bought: abandoned.
  cart("301", "X0301", filled),
  // Rule 31. Two carts of one person in one afternoon: one abandonment.
  cart("302a", "X0302", filled),
  cart("302b", "X0302", hoursFrom(filled, 2)),
  // Rule 31. Left behind, bought the day after with a new cart: recovered.
  cart("303a", "X0303", filled),
  cart("303b", "X0303", hoursFrom(filled, 26), { converted_order_id: "X30301" }),
  // Rule 31. Bought half an hour later in the same session: never abandoned, so nothing to recover.
  cart("304", "X0304", filled, { converted_order_id: "X30401" }),
  // Rules 2 and 31. Touched half an hour before the end of as_of: not idle for long enough.
  cart("305", "X0305", "2026-06-30T14:15:00Z"),
  // Rule 31. Bought four weeks later: too late to be a recovery.
  cart("306", "X0306", filled),
];

const session = (id: string, customer: string | null, at: string, said: Row = {}): Row => ({
  session_id: `XS${id}`,
  customer_id: customer,
  anonymous_id: `XA${id.slice(0, 4)}`,
  started_at: at,
  ended_at: hoursFrom(at, 0.1),
  platform: "web",
  source: "(direct)",
  medium: "(none)",
  page_views: 1,
  engaged_seconds: 3,
  key_events: 0,
  furthest_step: "landing",
  ...said,
});

const sessions = [
  session("304", "X0304", filled, { page_views: 6, engaged_seconds: 400, key_events: 3, furthest_step: "purchase" }),
  // Paid search, then directly within 90 days: still of that campaign. Directly after 91 days: of none.
  session("0901a", "X0901", "2026-01-05T03:00:00Z", { source: "google", medium: "cpc", campaign: "brand" }),
  session("0901b", "X0901", "2026-02-05T03:00:00Z"),
  session("0901c", "X0901", "2026-04-06T04:00:00Z"),
  // One page for half a minute: a bounce to Universal Analytics, engaged to Google Analytics 4.
  session("0902", "X0902", "2026-02-05T03:00:00Z", { engaged_seconds: 30 }),
  // Nobody signed in, on a browser whose owner is known.
  session("0901d", null, "2026-05-06T03:00:00Z", { anonymous_id: "XA0901", source: "m.facebook.com", medium: "referral" }),
  // A screen in the store.
  session("0903", "X0903", "2026-05-06T03:00:00Z", { platform: "store", page_views: 4, engaged_seconds: 90 }),
];

/** A day a week, backwards from a day. */
const weeks = (last: string, times: number): readonly string[] => Array.from({ length: times }, (_, index) => hoursFrom(last, -7 * 24 * index));

// Rule 15 and question 2. Came to the store every week until January and to the site ever since: moved, not lost.
const moved = weeks("2026-01-12T03:00:00Z", 12).map((at) => ({ customer_id: "X0904", store_id: "ST01", visited_at: at }));
const movedTo = weeks("2026-06-25T03:00:00Z", 22).map((at, index) => session(`0904${index + 1}`, "X0904", at, { page_views: 3, engaged_seconds: 60 }));

// Opens the app every week and no message: fewer messages for X0905.
const appOpens = weeks("2026-06-28T03:00:00Z", 20).map((at, index) => ({
  event_id: `X09${String(index + 5).padStart(2, "0")}`,
  event_type: "open",
  device_id: "DXX0905a",
  customer_id: "X0905",
  occurred_at: at,
  platform: "ios",
}));

const searches = [
  // Rule 25. The shop's name in capitals, and without its accent: a brand query both times.
  { day: "2026-06-01", query: "CAFÉ SALT", page: "/", device: "desktop", country: "KR", clicks: 10, impressions: 20, position: 1.0, aggregation: "page" },
  { day: "2026-06-01", query: "cafe salt", page: "/", device: "desktop", country: "KR", clicks: 5, impressions: 20, position: 2.0, aggregation: "page" },
  // Rule 24. Shown to nobody: no click rate, and no weight in the average position.
  { day: "2026-06-01", query: "cafe saltwater", page: "/", device: "desktop", country: "KR", clicks: 0, impressions: 0, position: 99.0, aggregation: "page" },
];

const page = { platform: "threads", page_id: "th_shop" };

export const plantedVisits: PlantedRows = {
  raw_customers: [...carts, { customer_id: "X0901" }, { customer_id: "X0902" }, { customer_id: "X0903" }, { customer_id: "X0904" }, { customer_id: "X0905" }]
    .map((row) => String(row.customer_id))
    .filter((id, index, all) => all.indexOf(id) === index)
    .map((id) => account(id, `${id.toLowerCase()}@example.com`)),
  raw_orders: [
    order("30301", "X0303", hoursFrom(filled, 27), { session_id: "XS303b" }),
    order("30401", "X0304", hoursFrom(filled, 0.5), { session_id: "XS304" }),
    order("30601", "X0306", hoursFrom(filled, 28 * 24)),
  ],
  raw_carts: carts,
  raw_sessions: [...sessions, ...movedTo],
  raw_store_visits: moved,
  raw_app_events: appOpens,
  raw_search_performance: searches,
  // Rule 24. Paid for, shown and clicked by nobody: no cost per click.
  raw_ad_spend: [
    { day: "2026-06-01", platform: "facebook", campaign_id: "AD_spring_sale", campaign: "spring_sale", ad: "x1", spend: 1000, impressions: 0, clicks: 0 },
  ],
  // Rule 26. A page without followers: no engagement rate by followers.
  raw_social_followers: [
    { ...page, day: "2026-06-29", followers: 0 },
    { ...page, day: "2026-06-30", followers: 0 },
  ],
  raw_social_posts: [
    {
      ...page,
      post_id: "th_shop-1",
      posted_at: "2026-06-29T03:00:00Z",
      impressions: 12,
      reach: 10,
      likes: 1,
      comments: 0,
      shares: 0,
      saves: null,
      link_clicks: 0,
    },
  ],
};
