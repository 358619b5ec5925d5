/**
 * Calls a platform's API: within its rate, with a time limit, again after failures that pass, and not again after those
 * that do not. What an answer means is the platform's `judge`. No error that leaves here holds a token, an identifier, a
 * query or a body.
 */
import { plural } from "../../core/names.ts";
import type { Clock } from "../../ports/clock.ts";
import { DeliveryError } from "../../ports/destination.ts";
import type { HttpSettings } from "./http-settings.ts";
import { readRetryAfter } from "./retry-after.ts";
import { scrub } from "./scrub.ts";
import { TokenBucket } from "./token-bucket.ts";

export interface ApiRequest {
  readonly method: "GET" | "POST" | "DELETE" | "PUT" | "PATCH";
  /** Below the base address, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The identifiers in the body as JSON: no error may quote them. */
  readonly personal?: string | undefined;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; nothing where the answer is something else, such as a proxy's page. */
  readonly body: unknown;
}

/** What an answer means. */
export type Verdict =
  | {
      readonly kind: "ok";
      /** Milliseconds until the next call, where the platform is near its limit. */
      readonly pause?: number | undefined;
    }
  | {
      readonly kind: "retry";
      readonly problem: string;
      readonly after?: number | undefined;
      /** Most attempts, where fewer than usual make sense. */
      readonly attempts?: number;
      /** The next step when all attempts have failed. */
      readonly advice?: string;
    }
  | { readonly kind: "too_much"; readonly problem: string }
  | { readonly kind: "refused"; readonly problem: string; readonly advice: string };

export interface ApiOptions {
  /** The destination's name in retain.yml. */
  readonly name: string;
  readonly baseUrl: string;
  readonly settings: HttpSettings;
  readonly judge: (response: ApiResponse) => Verdict;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onWait: (milliseconds: number, reason: string) => void;
}

export interface CallOptions {
  /** Instead of the setting. */
  readonly attempts?: number;
  readonly timeoutMs?: number;
}

export class ApiClient {
  private readonly options: ApiOptions;
  private readonly bucket: TokenBucket;
  private pauseUntil = 0;

  constructor(options: ApiOptions) {
    this.options = options;
    const { requests_per_minute } = options.settings;
    this.bucket = new TokenBucket(requests_per_minute, Math.max(1, Math.floor(requests_per_minute / 10)), options.clock);
  }

  /** `build` makes the request anew for each attempt, from 1: what could have arrived the first time may need other words. */
  async call(
    build: ApiRequest | ((attempt: number) => ApiRequest | Promise<ApiRequest>),
    { attempts = this.options.settings.attempts, timeoutMs }: CallOptions = {},
  ): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      await this.waitForTurn();
      const request = typeof build === "function" ? await build(attempt) : build;
      const { verdict, body } = await this.attempt(request, timeoutMs);
      switch (verdict.kind) {
        case "ok":
          if (verdict.pause) this.pauseUntil = this.options.clock.now().getTime() + verdict.pause;
          return body;
        case "too_much":
          throw new DeliveryError("too_much", scrub(verdict.problem, request.personal));
        case "refused":
          throw new DeliveryError("refused", scrub(verdict.problem, request.personal), verdict.advice);
        case "retry": {
          const problem = scrub(verdict.problem, request.personal);
          if (attempt >= Math.min(attempts, verdict.attempts ?? attempts)) {
            const tries = attempt === 1 ? "" : `, after ${attempt} attempts`;
            throw new DeliveryError("unreachable", `${problem}${tries}`, verdict.advice);
          }
          await this.waitToRetry(attempt, verdict.after, problem);
        }
      }
    }
  }

  private async attempt(request: ApiRequest, timeoutMs: number | undefined): Promise<{ readonly verdict: Verdict; readonly body: unknown }> {
    const { baseUrl, settings, signal, judge, clock } = this.options;
    const limit = timeoutMs ?? settings.timeout_seconds * 1000;
    let response: Response;
    let text: string;
    try {
      response = await fetch(request.path === "" ? baseUrl : `${baseUrl.replace(/\/$/, "")}${request.path}`, {
        method: request.method,
        headers: { accept: "application/json", ...(request.body !== undefined && { "content-type": "application/json" }), ...request.headers },
        ...(request.body !== undefined && { body: request.body }),
        // A redirect would take the token to an address that nobody has checked.
        redirect: "manual",
        signal: AbortSignal.any([signal, clock.deadline(limit)]),
      });
      text = await response.text();
    } catch (error) {
      this.stopIfInterrupted();
      return { verdict: { kind: "retry", problem: networkProblem(error, limit) }, body: undefined };
    }
    if (response.status >= 300 && response.status < 400) {
      const advice = "set the destination's address to the one that answers itself";
      return { verdict: { kind: "refused", problem: "the address answers with a redirect, which is not followed", advice }, body: undefined };
    }
    const body = parseJson(text);
    const verdict = judge({ status: response.status, headers: response.headers, body });
    const after = readRetryAfter(response.headers.get("retry-after"), clock.now());
    return { verdict: verdict.kind === "retry" ? { ...verdict, after: verdict.after ?? after } : verdict, body };
  }

  private async waitForTurn(): Promise<void> {
    const { clock, signal, onWait, name } = this.options;
    const pause = this.pauseUntil - clock.now().getTime();
    if (pause > 0) {
      onWait(pause, `${name} is near its limit of calls`);
      await clock.sleep(pause, signal);
    }
    await this.bucket.take(signal);
    this.stopIfInterrupted();
  }

  /** As long as the platform says, else twice as long each time, with chance in it so that several runs do not knock at once. */
  private async waitToRetry(attempt: number, after: number | undefined, problem: string): Promise<void> {
    const { clock, signal, onWait, settings, name } = this.options;
    const longest = settings.max_wait_minutes * 60_000;
    if (after !== undefined && after > longest) {
      const wait = plural(Math.ceil(after / 60_000), "minute");
      throw new DeliveryError("unreachable", `${problem}; it asks to wait ${wait}`, `run it again in ${wait}, or raise max_wait_minutes`);
    }
    const backOff = Math.min(60_000, 1000 * 2 ** (attempt - 1)) * (0.5 + clock.random() / 2);
    const wait = after === undefined ? Math.min(backOff, longest) : after + Math.min(1000, after / 10) * clock.random();
    onWait(wait, `${name}: ${problem}`);
    await clock.sleep(wait, signal);
    this.stopIfInterrupted();
  }

  private stopIfInterrupted(): void {
    if (this.options.signal.aborted) throw new DeliveryError("interrupted", "it was interrupted");
  }
}

/** The codes of network errors say enough; their texts name addresses. */
function networkProblem(error: unknown, limitMs: number): string {
  if (error instanceof Error && error.name === "TimeoutError") return `no answer within ${limitMs / 1000} s`;
  const cause = error instanceof Error ? (error.cause as { readonly code?: unknown; readonly message?: unknown } | undefined) : undefined;
  const code = typeof cause?.code === "string" ? cause.code : undefined;
  return code === undefined ? "the connection broke" : `the connection broke (${code})`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
