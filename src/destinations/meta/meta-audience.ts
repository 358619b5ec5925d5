/** Finds, judges and makes audiences on Meta. Never looks at who is in them: Meta tells nobody. */
import { type Audience, type AudienceState, type CheckItem, DeliveryError } from "../../ports/destination.ts";
import type { MetaApi, MetaAudienceInfo } from "./meta-api.ts";
import type { MetaSettings } from "./meta-settings.ts";

/** Looking is quick or not at all. */
const brief = { attempts: 2, timeoutMs: 15_000 };

const longestDescription = 200;

export async function findMetaAudience(api: MetaApi, audience: Audience): Promise<AudienceState> {
  const info = audience.id === undefined ? await api.audienceWithMarker(markerOf(audience), brief) : await audienceById(api, audience.id);
  if (!info) return { exists: false, id: undefined, wasDelivered: false, size: undefined, condition: undefined };
  const { approximate_count_lower_bound: least, approximate_count_upper_bound: most } = info;
  // -1 says that the audience is too small to tell.
  const isTold = least !== undefined && most !== undefined && least >= 0 && most >= 0;
  return {
    exists: true,
    id: String(info.id),
    wasDelivered: info.description?.includes(markerOf(audience)) === true,
    size: isTold ? { least, most } : undefined,
    condition: info.operation_status?.description?.replace(/\.$/, ""),
  };
}

async function audienceById(api: MetaApi, id: string): Promise<MetaAudienceInfo | undefined> {
  try {
    return await api.audience(id, brief);
  } catch (error) {
    if (error instanceof DeliveryError && error.kind === "refused" && /code 100, 33|code 1487366|code 803/.test(error.message)) return undefined;
    throw error;
  }
}

/** Its id; made when it is missing and may be made. */
export async function ensureMetaAudience(api: MetaApi, settings: MetaSettings, audience: Audience): Promise<string> {
  const state = await findMetaAudience(api, audience);
  if (state.id !== undefined) return state.id;
  if (!audience.create) throw new DeliveryError("refused", missing(audience), missingAdvice);
  return api.createAudience({
    name: audience.name,
    subtype: "CUSTOM",
    description: `${audience.description.slice(0, longestDescription)} ${markerOf(audience)}`.trim(),
    customer_file_source: settings.customer_file_source,
    ...(audience.columns.includes("LOOKALIKE_VALUE") && { is_value_based: true }),
    ...(settings.usage === "exclusion_only" && { usage_restriction: "EXCLUSION_ONLY" }),
    ...(audience.label !== undefined && { audience_labels: [audience.label] }),
  });
}

function markerOf({ marker }: Audience): string {
  return `[${marker}]`;
}

function missing({ name, id }: Audience): string {
  return id === undefined ? `there is no audience "${name}" that was made for this export` : `there is no audience ${id}`;
}

const missingAdvice = "set `audience.create: true`, or `audience.id` to the id of one that is there";

export async function checkMeta(api: MetaApi, settings: MetaSettings, audience: Audience): Promise<readonly CheckItem[]> {
  const token = await look("token", async () => {
    const { name, id } = await api.me(brief);
    return ok("token", `valid, of ${name ?? id ?? "somebody without a name"}`);
  });
  // Everything else would only say the same again.
  if (token.some(({ outcome }) => outcome === "failed")) return token;
  return [
    ...token,
    ...(await look("permission", () => checkPermission(api))),
    ...(await look("terms", () => checkTerms(api, settings, audience))),
    ...(await look("audience", () => checkAudience(api, audience))),
  ];
}

async function checkPermission(api: MetaApi): Promise<CheckItem> {
  const granted = (await api.permissions(brief)).some(({ permission, status }) => permission === "ads_management" && status === "granted");
  if (granted) return ok("permission", "ads_management is granted");
  const advice = "make the token again with the permission ads_management";
  return { what: "permission", outcome: "failed", detail: "the token lacks ads_management", advice };
}

async function checkTerms(api: MetaApi, { ad_account, business_id }: MetaSettings, { columns }: Audience): Promise<CheckItem> {
  const { tos_accepted: accepted, account_status } = await api.adAccount(brief);
  if (account_status !== undefined && account_status !== 1) {
    return { what: "ad account", outcome: "warning", detail: `its status is ${account_status}, not active`, advice: "look at the ad account in Ads Manager" };
  }
  if (accepted === undefined) return { what: "terms", outcome: "warning", detail: "Meta does not say whether they were accepted" };
  if (!accepted["custom_audience_tos"]) {
    const advice = `accept them at https://business.facebook.com/ads/manage/customaudiences/tos/?act=${ad_account}`;
    return { what: "terms", outcome: "failed", detail: "the Custom Audience terms were not accepted for the ad account", advice };
  }
  if (columns.includes("LOOKALIKE_VALUE") && accepted["value_based_custom_audience_tos"] === 0) {
    const business = business_id === undefined ? "" : `&business_id=${business_id}`;
    const advice = `accept them at https://business.facebook.com/customaudiences/value_based/tos.php?act=${ad_account}${business}`;
    return { what: "terms", outcome: "failed", detail: "the terms of value-based audiences were not accepted", advice };
  }
  return ok("terms", "accepted");
}

async function checkAudience(api: MetaApi, audience: Audience): Promise<CheckItem> {
  const info = audience.id === undefined ? await api.audienceWithMarker(markerOf(audience), brief) : await audienceById(api, audience.id);
  if (!info) {
    if (audience.create && audience.id === undefined) return ok("audience", "not there yet; the first run makes it");
    // One that we made and that is gone is for the guard of lost audiences to judge.
    if (audience.create) return { what: "audience", outcome: "warning", detail: missing(audience) };
    return { what: "audience", outcome: "failed", detail: missing(audience), advice: missingAdvice };
  }
  if (info.subtype !== undefined && info.subtype !== "CUSTOM") {
    const detail = `${info.id} is of the type ${info.subtype}: only customer lists (CUSTOM) take people`;
    return { what: "audience", outcome: "failed", detail, advice: missingAdvice };
  }
  const { code = 200, description = "" } = info.operation_status ?? {};
  const detail = `${info.id}: ${description || "normal"} (${code})`;
  if (code === 471) {
    const advice = "Meta took its name or description for a hint at people's health or money: begin a new audience with other words";
    return { what: "audience", outcome: "failed", detail, advice };
  }
  if (code === 500) return { what: "audience", outcome: "failed", detail, advice: "look at the audience in Ads Manager" };
  // 410 nobody was uploaded yet, 414 is being prepared: both are how every audience begins.
  return code === 200 || code === 410 || code === 414 ? ok("audience", detail) : { what: "audience", outcome: "warning", detail };
}

function ok(what: string, detail: string): CheckItem {
  return { what, outcome: "ok", detail };
}

async function look(what: string, ask: () => Promise<CheckItem>): Promise<readonly CheckItem[]> {
  try {
    return [await ask()];
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.kind === "interrupted") throw error;
    return [{ what, outcome: "failed", detail: error.message, advice: error.advice }];
  }
}
