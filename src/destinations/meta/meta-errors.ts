/**
 * What Meta's answers mean: which failures pass, how long to wait for that, and what a person must do about the others. The
 * codes are those of the Marketing API's documents and of years of exporters' issue lists.
 */
import type { ApiResponse, Verdict } from "../http/api-client.ts";
import { limitUsage } from "./limit-usage.ts";
import type { MetaSettings } from "./meta-settings.ts";

interface MetaError {
  readonly message?: string;
  readonly code?: number;
  readonly error_subcode?: number;
  readonly error_user_msg?: string;
  readonly is_transient?: boolean;
}

/** Limits of calls, of the app, the user and the business, and troubles of Meta's own. */
const passing: ReadonlySet<number> = new Set([1, 2, 4, 17, 32, 341, 613, 5000, 21009, 80000, 80003, 80004]);
const limits: ReadonlySet<number> = new Set([4, 17, 32, 613, 80000, 80003, 80004]);

const minute = 60_000;

export function judgeMeta(settings: Pick<MetaSettings, "ad_account" | "business_id">): (response: ApiResponse) => Verdict {
  return ({ status, headers, body }) => {
    const usage = limitUsage(headers);
    const error = (body as { readonly error?: MetaError } | undefined)?.error;
    if (!error) {
      if (body === undefined || status >= 400)
        return { kind: "retry", problem: `Meta answered ${status}${body === undefined ? " and no JSON" : ""}`, after: usage.regainMs };
      return { kind: "ok", pause: usage.pauseMs };
    }
    const { code = 0, error_subcode: subcode = 0 } = error;
    const message = error.error_user_msg ?? error.message ?? "no reason was given";
    const problem = `${message} (code ${code}${subcode === 0 ? "" : `, ${subcode}`})`;
    if (/reduce the amount of data/i.test(error.message ?? "")) return { kind: "too_much", problem };
    const advice = adviceFor(code, subcode, error.message ?? "", settings);
    if (advice !== undefined) return { kind: "refused", problem, advice };
    if (code === 2650 && subcode === 1870145) {
      const later = "a replacement of the audience was begun and not finished: Meta gives it up 90 minutes after its first batch, then run it again";
      return { kind: "retry", problem, after: minute, advice: later };
    }
    // A temporary block: one more attempt is no harm, insisting is.
    if (code === 368) return { kind: "retry", problem, attempts: 2, after: usage.regainMs };
    if (passing.has(code) || error.is_transient === true || status >= 500 || status === 429) {
      return { kind: "retry", problem, after: usage.regainMs ?? (limits.has(code) ? minute : undefined) };
    }
    return { kind: "refused", problem, advice: "look the code up in Meta's list of errors of the Marketing API" };
  };
}

function adviceFor(
  code: number,
  subcode: number,
  message: string,
  { ad_account, business_id }: Pick<MetaSettings, "ad_account" | "business_id">,
): string | undefined {
  if (/low audience size/i.test(message)) {
    return "Meta removes nobody from an audience that would become too small: add people first, or stop its ads and use `mode: replace` or a new audience";
  }
  if (/does not support/i.test(message) && /data source/i.test(message)) {
    return "the audience was begun with identifiers of another form: set `schema: single` or `schema: multi` for the destination as it was then, or begin a new audience";
  }
  if (code === 190) {
    return subcode === 463 || subcode === 460 || subcode === 0
      ? "make a new token for the system user in Business settings, and put it where `access_token` comes from; then run it again, it goes on where it stopped"
      : "log in to Meta once with the account that the token belongs to, then make a new token";
  }
  if (subcode === 1870090) {
    return `somebody with a role in the ad account must accept the terms at https://business.facebook.com/ads/manage/customaudiences/tos/?act=${ad_account}`;
  }
  if (code === 2655 && /marketing.?messag/i.test(message)) return "accept the terms of marketing messages for the business, in Meta Business settings";
  if (code === 2655 || /value.based.*terms|terms.*value.based/i.test(message)) {
    const business = business_id === undefined ? "" : `&business_id=${business_id}`;
    return `accept the terms of value-based audiences at https://business.facebook.com/customaudiences/value_based/tos.php?act=${ad_account}${business}`;
  }
  if (subcode === 1870050) return "link the ad account to the business that owns the audience, in Business settings";
  if (subcode === 1713230)
    return "Meta has closed the audience for its name or description: look at its status in Ads Manager, and begin a new one with other words";
  if (code === 1487366 || subcode === 1487366) return "the audience was deleted: `--force lost_audience` begins a new one";
  if (code === 1487301 || subcode === 1487301) return "share the audience with this ad account, or use one of its own";
  if (code === 100 && subcode === 33) return "check the id of the audience and the ad account, and that the system user is assigned to the ad account";
  if (code === 10 || code === 200 || code === 294) return "give the system user the ad account with full control and its token the permission ads_management";
  if (code === 2650) return replaceAdvice(subcode);
  return undefined;
}

function replaceAdvice(subcode: number): string | undefined {
  switch (subcode) {
    case 1870145:
      return undefined;
    case 1870158:
      return "a replacement must be over within 90 minutes: use `mode: mirror`, which sends differences";
    case 1870144:
      return "audiences of 100 million and more cannot be replaced: use `mode: mirror`";
    case 1870148:
      return "run it again: the replacement begins anew";
    default:
      return "wait until Meta has closed the replacement that was begun, 90 minutes at most, and run it again";
  }
}
