/** Columns of each raw table, in file order. One raw table stands behind each staging model: `raw_x` behind `stg_x`. */
export const rawColumns = {
  raw_customers:
    "customer_id source email phone first_name last_name birth_date gender country city zip created_at updated_at first_source first_medium first_campaign is_test is_deleted",
  raw_identity_links: "source source_id customer_id method valid_from",
  raw_products: "product_id name category margin_rate",
  raw_orders: "order_id customer_id email ordered_at status channel store_id currency gross discount shipping tax coupon_code is_first_party_test session_id",
  raw_order_lines: "order_id line_no product_id category quantity unit_price line_amount",
  raw_refunds: "refund_id order_id refunded_at amount reason is_cancellation",
  raw_sessions:
    "session_id customer_id anonymous_id started_at ended_at platform source medium campaign referrer landing_page exit_page outbound_domain page_views engaged_seconds key_events furthest_step",
  raw_carts: "cart_id customer_id session_id created_at last_activity_at value converted_order_id",
  raw_store_visits: "customer_id store_id visited_at",
  raw_app_events: "event_id event_type device_id customer_id occurred_at advertising_id platform",
  raw_consents: "customer_id channel status changed_at reason",
  raw_campaigns: "campaign_id name objective lifecycle_stage channel started_at ended_at incentive_id cost",
  raw_messages: "message_id campaign_id flow_id variant channel customer_id address sent_at dropped_reason trigger_id",
  raw_message_events: "event_id message_id event_type occurred_at url user_agent is_machine machine_reason",
  raw_experiments: "experiment_id campaign_id incentive_id customer_id arm assigned_at exposed_at planned_treatment_share",
  raw_incentives: "incentive_id customer_id type value issued_at expires_at redeemed_order_id",
  raw_subscriptions: "subscription_id customer_id plan started_on ended_on mrr cancel_requested_at cancel_reason end_type",
  raw_loyalty_ledger: "entry_id customer_id entry_type points at order_id",
  raw_loyalty_tiers: "customer_id tier valid_from",
  raw_referrals: "referral_id referrer_id referee_id code invited_at converted_order_id reward_cost",
  raw_tickets: "ticket_id customer_id order_id opened_at first_reply_at solved_at channel topic satisfaction",
  raw_survey_responses: "response_id question customer_id survey_type score choice text_category answered_at order_id ticket_id",
  raw_search_performance: "day query page device country clicks impressions position aggregation",
  raw_social_posts: "post_id platform page_id campaign_id posted_at impressions reach likes comments shares saves link_clicks",
  raw_social_followers: "platform page_id day followers",
  raw_ad_spend: "day platform campaign_id campaign ad spend impressions clicks",
} as const;

export type RawTable = keyof typeof rawColumns;

/** The columns of a raw table as SQL; one of them is called `at`, which is a keyword, too. */
export const columnList = (table: RawTable): string =>
  rawColumns[table]
    .split(" ")
    .map((column) => `"${column}"`)
    .join(", ");

/** One generated table of the sample. */
export interface SampleTable {
  readonly name: RawTable;
  /** Ordered, so that a written file is byte for byte the same. */
  readonly select: string;
}
