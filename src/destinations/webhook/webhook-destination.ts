/**
 * Audiences as signed JSON, batch by batch, to any address: for systems that have no destination of their own. What it sends
 * is a contract with whoever receives it, described in docs/platforms/webhook.md, and changes only by additions.
 */
import { createHmac } from "node:crypto";
import { z } from "zod";
import { checkSchema } from "../../core/check-schema.ts";
import type { Outcome } from "../../core/diagnostic.ts";
import {
  type Audience,
  type Batch,
  type CheckItem,
  type Delivery,
  DeliveryError,
  type DeliverySession,
  type DeliveryStep,
  type Destination,
  type Receipt,
} from "../../ports/destination.ts";
import { type DestinationOptions, type OpenedDestination, refuseFormat } from "../destination-factory.ts";
import { ApiClient, type ApiResponse, type Verdict } from "../http/api-client.ts";
import { httpSettings, urlSetting } from "../http/http-settings.ts";

export const webhookSettings = z.strictObject({
  type: z.literal("webhook").describe("any system that takes signed JSON"),
  url: urlSetting.describe("where batches are posted to"),
  secret: z.string().min(16, "must be at least 16 characters, as random as they can be").describe("signs every batch"),
  platform: z.string().min(1).default("meta").describe("whose rules identifiers are normalised and hashed by"),
  batch_size: z.number().int().min(1).max(10_000).default(1000).describe("most people in a batch"),
  headers: z.record(z.string(), z.string()).default({}).describe("further headers, such as a token of the receiver"),
  ...httpSettings(600),
});

type WebhookSettings = z.output<typeof webhookSettings>;

const removal: DeliveryStep = { operation: "remove", counts: "with each batch" };
const addition: DeliveryStep = { operation: "add", counts: "with each batch" };

export function openWebhookDestination(options: DestinationOptions): Outcome<OpenedDestination | undefined> {
  const { name, yaml, secrets } = options;
  const checked = checkSchema(webhookSettings, options.settings, yaml, ["destinations", name], `destination "${name}"`);
  const diagnostics = [...checked.diagnostics, ...refuseFormat(options)];
  const { value } = checked;
  if (!value || diagnostics.length > 0) return { value: undefined, diagnostics };
  const own = [value.secret, value.url, ...Object.values(value.headers)];
  return { value: { name, destination: createWebhookDestination(value, options), secrets: [...secrets, ...own] }, diagnostics };
}

function createWebhookDestination(settings: WebhookSettings, { name, clock, signal, onWait }: DestinationOptions): Destination {
  const client = new ApiClient({ name, baseUrl: settings.url, settings, judge: judgeWebhook, clock, signal, onWait });
  const post = (event: string, key: string, content: object, personal?: unknown) =>
    client.call(() => {
      const body = JSON.stringify({ event, ...content });
      // The time is signed with the body, so that a batch that somebody has copied is old when it comes again.
      const at = Math.floor(clock.now().getTime() / 1000);
      const signature = createHmac("sha256", settings.secret).update(`${at}.${body}`).digest("hex");
      const headers = { ...settings.headers, "retain-signature": `t=${at},v1=${signature}`, "idempotency-key": key };
      return { method: "POST", path: "", headers, body, personal: personal === undefined ? undefined : JSON.stringify(personal) };
    });
  return {
    type: "webhook",
    platform: settings.platform,
    capabilities: {
      modes: {
        mirror: [removal, addition],
        add: [removal, addition],
        remove: [removal, addition],
        replace: [{ operation: "replace", counts: "when finished" }],
      },
      batchSize: settings.batch_size,
      membershipDays: undefined,
      reviewsNames: false,
      findsById: false,
    },
    problemsWith: () => [],
    agreeOnSchema: () => ({ schema: "webhook" }),
    // The receiver keeps its own counsel: nothing can be asked.
    find: async () => ({ exists: true, id: undefined, wasDelivered: false, size: undefined, condition: undefined }),
    check: (audience) => checkWebhook(audience, post),
    open: async (delivery) => openSession(delivery, post),
  };
}

type Post = (event: string, key: string, content: object, personal?: unknown) => Promise<unknown>;

async function checkWebhook(audience: Audience, post: Post): Promise<readonly CheckItem[]> {
  try {
    await post("audience.check", `check/${audience.marker}`, describe(audience));
    return [{ what: "receiver", outcome: "ok", detail: "it answers and takes the signature" }];
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.kind === "interrupted") throw error;
    return [{ what: "receiver", outcome: "failed", detail: error.message, advice: error.advice }];
  }
}

function openSession({ audience, mode, runId, parts }: Delivery, post: Post): DeliverySession {
  const about = { ...describe(audience), delivery: runId, mode };
  let sequence = 0;
  return {
    audienceId: audience.id,
    send: async ({ id, operation, members, isLast }: Batch): Promise<Receipt> => {
      const columns = parts.find((part) => part.operation === operation)?.columns ?? [];
      const rows = members.map(({ cells }) => cells);
      const answer = await post("audience.batch", id, { ...about, batch: id, operation, sequence: ++sequence, last: isLast, columns, members: rows }, rows);
      return readReceipt(answer);
    },
    finish: async () => {
      const people = Object.fromEntries(parts.map(({ operation, people: count }) => [operation, count]));
      await post("audience.finished", `${runId}/${audience.marker}/finished`, { ...about, batches: sequence, people });
      return { files: [] };
    },
    abort: async () => undefined,
  };
}

function describe({ exportName, name, id, marker }: Audience) {
  return { export: exportName, audience: { name, marker, ...(id !== undefined && { id }) } };
}

function readReceipt(answer: unknown): Receipt {
  const { received, invalid, warnings } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...(typeof received === "number" && { received }),
    ...(typeof invalid === "number" && { invalid }),
    ...(Array.isArray(warnings) && { warnings: warnings.map(String) }),
  };
}

const passing: ReadonlySet<number> = new Set([408, 425, 429]);
const pageAdvice = "look at what answers at `url`: a login page or a proxy has taken the batch, and the receiver has not";

function judgeWebhook({ status, headers, body }: ApiResponse): Verdict {
  if (status >= 200 && status < 300) {
    // A receiver may say nothing; a page comes from something that stands before it and keeps no batch.
    const isPage = body === undefined && /\bhtml\b/i.test(headers.get("content-type") ?? "");
    return isPage ? { kind: "retry", problem: `the address answered ${status} with a web page`, advice: pageAdvice } : { kind: "ok" };
  }
  const { error, message } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const said = [error, message].find((text) => typeof text === "string");
  const problem = `the receiver answered ${status}${said === undefined ? "" : `: ${said}`}`;
  if (status === 413) return { kind: "too_much", problem };
  if (status >= 500 || passing.has(status)) return { kind: "retry", problem };
  if (status === 401 || status === 403) return { kind: "refused", problem, advice: "check that `secret` and `headers` are the receiver's" };
  return { kind: "refused", problem, advice: "look at what the receiver has to say, and at docs/platforms/webhook.md for what it is sent" };
}
