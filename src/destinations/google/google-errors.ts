/** What the answers of Google's Data Manager API mean: which failures pass, and what a person must do about the others. */
import type { ApiResponse, Verdict } from "../http/api-client.ts";

interface ErrorDetail {
  readonly reason?: string;
  readonly retryDelay?: string;
  readonly fieldViolations?: readonly { readonly field?: string; readonly description?: string; readonly reason?: string }[];
}

interface GoogleError {
  readonly message?: string;
  readonly status?: string;
  readonly details?: readonly ErrorDetail[];
}

const advices: Readonly<Record<string, string>> = {
  TERMS_AND_CONDITIONS_NOT_SIGNED:
    "somebody with a role in the account must accept the Customer Match terms in Google Ads, under Tools, Shared library, Audience manager",
  EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED: "declare in Google Ads whether the account runs political ads in the EU",
  PERMISSION_DENIED: "give the service account's address access to the Google Ads account (Admin, Access and security), or name its manager as `login_account`",
  SERVICE_DISABLED: "enable the Data Manager API in the Google Cloud project of the service account",
  UNAUTHENTICATED: "make a new key of the service account, and check this machine's clock",
  NOT_FOUND: "check the id of the list and the account",
  MULTIPLE_DATA_TYPES_NOT_ALLOWED: "map either MADID or the other identifiers: a list takes one kind",
};

/** `onUnauthorized` forgets the token: the next attempt brings a new one. */
export function judgeGoogle(onUnauthorized: () => void): (response: ApiResponse) => Verdict {
  return ({ status, body }) => {
    const error = (body as { readonly error?: GoogleError } | undefined)?.error;
    if (!error) {
      if (status >= 200 && status < 300 && body !== undefined) return { kind: "ok" };
      return { kind: "retry", problem: `Google answered ${status}${body === undefined ? " and no JSON" : ""}` };
    }
    const details = error.details ?? [];
    const violations = details.flatMap(({ fieldViolations = [] }) => fieldViolations);
    const reasons = [...details.map(({ reason }) => reason), ...violations.map(({ reason }) => reason), error.status].filter((reason) => reason !== undefined);
    const problem = describe(error, violations, reasons);
    if (reasons.includes("TOO_MANY_AUDIENCE_MEMBERS")) return { kind: "too_much", problem };
    if (status === 401) {
      onUnauthorized();
      return { kind: "retry", problem, attempts: 2, after: 0, advice: advices["UNAUTHENTICATED"] as string };
    }
    if (status === 429 || status >= 500) return { kind: "retry", problem, after: retryDelay(details) };
    const known = reasons.find((reason) => advices[reason] !== undefined);
    return {
      kind: "refused",
      problem,
      advice: (known === undefined ? undefined : advices[known]) ?? "look the reason up in the Data Manager API's list of errors",
    };
  };
}

/** Fields are told by their names, such as audience_members[3].user_data; what stands in them is not. */
function describe(
  { message = "no reason was given" }: GoogleError,
  violations: NonNullable<ErrorDetail["fieldViolations"]>,
  reasons: readonly string[],
): string {
  const fields = violations.slice(0, 3).map(({ field = "?", reason, description }) => `${field}: ${reason ?? description ?? "invalid"}`);
  const named = reasons.find((reason) => /^[A-Z_]+$/.test(reason));
  return [`${message}${named === undefined ? "" : ` (${named})`}`, ...fields].join("; ");
}

function retryDelay(details: readonly ErrorDetail[]): number | undefined {
  const text = details.find((detail) => detail.retryDelay !== undefined)?.retryDelay;
  const seconds = text === undefined ? Number.NaN : Number.parseFloat(text);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
