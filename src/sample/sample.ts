/**
 * The sample shop as SQL text: statements that build its world in temporary tables, and one select per raw table. Pure:
 * whoever has a DuckDB connection runs them in order and writes the selects where it likes. The same options give the
 * same rows on every platform, at any number of threads.
 */
import { adSpendRows } from "./ad-spend.ts";
import { appEventRows, appEventStatements } from "./app-events.ts";
import { campaignRows, campaignStatements } from "./campaigns.ts";
import { cartRows, cartStatements } from "./carts.ts";
import { consentRows, consentStatements } from "./consents.ts";
import { experimentRows, experimentStatements } from "./experiments.ts";
import { macroStatements } from "./expressions.ts";
import { habitStatements } from "./habits.ts";
import { incentiveRows, incentiveStatements } from "./incentives.ts";
import { loyaltyLedgerRows, loyaltyStatements, loyaltyTierRows } from "./loyalty.ts";
import { messageEventRows, messageEventStatements } from "./message-events.ts";
import { messageRows, messageStatements } from "./messages.ts";
import { nameStatements } from "./names.ts";
import { orderLineRows, orderLineStatements } from "./order-lines.ts";
import { customerRows, peopleStatements } from "./people.ts";
import { plantedRows } from "./planted/planted.ts";
import { productRows, productStatements } from "./products.ts";
import { orderRows, orderStatements, purchaseStatements, refundRows } from "./purchases.ts";
import { columnList, type RawTable, rawColumns, type SampleTable } from "./raw-tables.ts";
import { referralRows } from "./referrals.ts";
import { searchPerformanceRows } from "./search-performance.ts";
import { identityLinkRows, sessionRows, visitStatements } from "./sessions.ts";
import { socialFollowerRows, socialPostRows } from "./social.ts";
import { storeVisitRows } from "./store-visits.ts";
import { subscriptionRows, subscriptionStatements } from "./subscriptions.ts";
import { surveyResponseRows } from "./survey-responses.ts";
import { ticketRows, ticketStatements } from "./tickets.ts";
import { defaultSeed } from "./world.ts";

export interface SampleOptions {
  /** People in the world, guests among them; the hand-written ones come on top. */
  readonly customers: number;
  /** Another seed is another shop with the same laws. */
  readonly seed?: string;
}

/** What to run first, in order, on one connection: macros and temporary tables, all named `sample_*`. */
export function sampleStatements(options: SampleOptions): readonly string[] {
  return [
    ...macroStatements(options.seed ?? defaultSeed),
    ...nameStatements(),
    ...productStatements(),
    ...campaignStatements(),
    ...peopleStatements(options.customers),
    ...purchaseStatements(),
    ...habitStatements(),
    ...experimentStatements(),
    ...orderStatements(),
    ...orderLineStatements(),
    ...incentiveStatements(),
    ...appEventStatements(),
    ...consentStatements(),
    ...visitStatements(),
    ...cartStatements(),
    ...messageStatements(),
    ...messageEventStatements(),
    ...subscriptionStatements(),
    ...loyaltyStatements(),
    ...ticketStatements(),
  ];
}

const generated: Readonly<Record<RawTable, () => string>> = {
  raw_customers: customerRows,
  raw_identity_links: identityLinkRows,
  raw_products: productRows,
  raw_orders: orderRows,
  raw_order_lines: orderLineRows,
  raw_refunds: refundRows,
  raw_sessions: sessionRows,
  raw_carts: cartRows,
  raw_store_visits: storeVisitRows,
  raw_app_events: appEventRows,
  raw_consents: consentRows,
  raw_campaigns: campaignRows,
  raw_messages: messageRows,
  raw_message_events: messageEventRows,
  raw_experiments: experimentRows,
  raw_incentives: incentiveRows,
  raw_subscriptions: subscriptionRows,
  raw_loyalty_ledger: loyaltyLedgerRows,
  raw_loyalty_tiers: loyaltyTierRows,
  raw_referrals: referralRows,
  raw_tickets: ticketRows,
  raw_survey_responses: surveyResponseRows,
  raw_search_performance: searchPerformanceRows,
  raw_social_posts: socialPostRows,
  raw_social_followers: socialFollowerRows,
  raw_ad_spend: adSpendRows,
};

/** The raw tables, each as a select over what `sampleStatements` made. */
export const sampleTables: readonly SampleTable[] = (Object.keys(rawColumns) as readonly RawTable[]).map((name) => {
  const planted = plantedRows(name);
  return {
    name,
    select: `with generated as (
${generated[name]()}
)
select ${columnList(name)} from generated
${planted === undefined ? "" : `union all\n${planted}\n`}order by all`,
  };
});

/** What makes and writes the sample, in order: SQL to run, or a raw table to write. */
export type SampleStep = { readonly kind: "run"; readonly sql: string } | ({ readonly kind: "write" } & SampleTable);

/**
 * The same with the least memory: each raw table is written as soon as what it reads is there, and each temporary table is
 * dropped after the last step that names it.
 */
export function sampleSteps(options: SampleOptions): readonly SampleStep[] {
  const statements = sampleStatements(options);
  const created = statements.map((sql) => /temp table (\w+) as/.exec(sql)?.[1]);
  const mentions = (sql: string, name: string | undefined): boolean => name !== undefined && new RegExp(`\\b${name}\\b`).test(sql);
  const readyAfter = sampleTables.map(({ select }) => created.findLastIndex((name) => mentions(select, name)));
  const constant = sampleTables.filter((_, place) => readyAfter[place] === -1);
  const steps: SampleStep[] = statements.flatMap((sql, index) => [
    { kind: "run", sql },
    ...sampleTables.filter((_, place) => readyAfter[place] === index).map((table) => ({ kind: "write", ...table }) as const),
  ]);
  steps.push(...constant.map((table) => ({ kind: "write", ...table }) as const));
  const lastUse = new Map(created.filter((name) => name !== undefined).map((name) => [name, steps.findLastIndex((step) => mentions(textOf(step), name))]));
  return steps.flatMap((step, index) => [
    step,
    ...[...lastUse].filter(([, last]) => last === index).map(([name]) => ({ kind: "run", sql: `drop table ${name}` }) as const),
  ]);
}

const textOf = (step: SampleStep): string => (step.kind === "run" ? step.sql : step.select);
