/** What TikTok's answers mean. It answers 200 to nearly everything; the code in the body says what became of it. */
import type { ApiResponse, Verdict } from "../http/api-client.ts";

interface TiktokAnswer {
  readonly code?: number;
  readonly message?: string;
}

const tooOften: ReadonlySet<number> = new Set([40016, 40100, 40133, 50002]);
const badToken: ReadonlySet<number> = new Set([40101, 40102, 40103, 40104, 40105]);

export function judgeTiktok({ status, body }: ApiResponse): Verdict {
  const { code, message = "no reason was given" } = (body ?? {}) as TiktokAnswer;
  if (code === undefined) return { kind: "retry", problem: `TikTok answered ${status}${body === undefined ? " and no JSON" : ""}` };
  if (code === 0) return { kind: "ok" };
  const problem = `${message} (code ${code})`;
  if (tooOften.has(code) || status === 429) return { kind: "retry", problem, after: status === 429 ? undefined : 10_000 };
  // 5xxxx are TikTok's own troubles.
  if (code >= 50_000 || status >= 500) return { kind: "retry", problem };
  if (/too many|exceed.*(limit|maximum)|too large/i.test(message)) return { kind: "too_much", problem };
  if (badToken.has(code))
    return { kind: "refused", problem, advice: "authorise the app again in TikTok for Business and put the new token where `access_token` comes from" };
  if (code === 40001) {
    return { kind: "refused", problem, advice: "give the app the permission Audience Management, and its token access to the advertiser" };
  }
  return { kind: "refused", problem, advice: "look the code up in TikTok's appendix of return codes" };
}
