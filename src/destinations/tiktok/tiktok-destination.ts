/**
 * Segments on TikTok: everybody is mapped to the segment's id, or taken from it. TikTok cannot replace a segment, so that
 * mode is not to be had here. Whoever lacks an identifier has an empty place, which keeps the others in theirs.
 */
import { checkSchema } from "../../core/check-schema.ts";
import type { Outcome } from "../../core/diagnostic.ts";
import {
  type Audience,
  type AudienceState,
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
import { hashCell } from "../hash-cell.ts";
import { ApiClient, type ApiRequest, type CallOptions } from "../http/api-client.ts";
import { judgeTiktok } from "./tiktok-errors.ts";
import { type TiktokSettings, tiktokSettings } from "./tiktok-settings.ts";

const removal: DeliveryStep = { operation: "remove", counts: "with each batch" };
const addition: DeliveryStep = { operation: "add", counts: "with each batch" };

/** Our words to TikTok's. */
const schemaNames: Readonly<Record<string, string>> = {
  EMAIL: "EMAIL_SHA256",
  PHONE: "PHONE_SHA256",
  IDFA: "IDFA_SHA256",
  GAID: "GAID_SHA256",
  AAID: "AAID_SHA256",
};

const brief = { attempts: 2, timeoutMs: 15_000 };
const mostPages = 50;

export function openTiktokDestination(options: DestinationOptions): Outcome<OpenedDestination | undefined> {
  const { name, yaml, secrets } = options;
  const checked = checkSchema(tiktokSettings, options.settings, yaml, ["destinations", name], `destination "${name}"`);
  const diagnostics = [...checked.diagnostics, ...refuseFormat(options)];
  const { value } = checked;
  if (!value || diagnostics.length > 0) return { value: undefined, diagnostics };
  return { value: { name, destination: createTiktokDestination(value, options), secrets: [...secrets, value.access_token] }, diagnostics };
}

function createTiktokDestination(settings: TiktokSettings, { name, clock, signal, onWait }: DestinationOptions): Destination {
  const client = new ApiClient({ name, baseUrl: settings.base_url, settings, judge: judgeTiktok, clock, signal, onWait });
  const api = new TiktokApi(client, settings);
  return {
    type: "tiktok",
    platform: "tiktok",
    capabilities: {
      // In mode remove, additions are people who stay and share an identifier with somebody who is removed.
      modes: { mirror: [removal, addition], add: [removal, addition], remove: [removal, addition] },
      batchSize: settings.batch_size,
      membershipDays: undefined,
      reviewsNames: true,
      findsById: true,
    },
    problemsWith: (columns) =>
      columns.flatMap((column, i) => {
        if (column === "MADID") return ["TikTok's API wants to know whose advertising ids they are: map IDFA, GAID or AAID instead of MADID"];
        if (columns.indexOf(column) !== i) return [`${column} is mapped more than once, which only files can hold`];
        return schemaNames[column] === undefined ? [`TikTok's API does not take ${column}; it takes ${Object.keys(schemaNames).join(", ")}`] : [];
      }),
    agreeOnSchema: () => ({ schema: "segment" }),
    find: (audience) => api.find(audience),
    check: (audience) => check(api, audience),
    open: async ({ audience, parts }) => openSession(api, await ensure(api, audience), parts),
  };
}

interface Segment {
  readonly audience_id?: string;
  readonly name?: string;
  readonly is_valid?: boolean;
  readonly cover_num?: number;
}

class TiktokApi {
  private readonly client: ApiClient;
  private readonly settings: TiktokSettings;

  constructor(client: ApiClient, settings: TiktokSettings) {
    this.client = client;
    this.settings = settings;
  }

  /** Segments have no description: one that was made for an export is known by its name and its marker behind it. */
  async find(audience: Audience): Promise<AudienceState> {
    const segment = await this.lookUp(audience);
    if (!segment?.audience_id) return { exists: false, id: undefined, wasDelivered: false, size: undefined, condition: undefined };
    const { audience_id: id, cover_num: size, is_valid: isValid, name } = segment;
    return {
      exists: true,
      id,
      wasDelivered: name === nameOf(audience),
      size: size === undefined || size < 0 ? undefined : { least: size, most: size },
      condition: isValid === undefined ? undefined : isValid ? "valid" : "not valid yet",
    };
  }

  async lookUp(audience: Audience): Promise<Segment | undefined> {
    for (let page = 1; page <= mostPages; page++) {
      const query = new URLSearchParams({ advertiser_id: this.settings.advertiser_id, page: String(page), page_size: "100" });
      const { list = [], page_info } = (await this.call("GET", `/open_api/v1.3/dmp/custom_audience/list/?${query}`, undefined, brief)) as {
        readonly list?: readonly Segment[];
        readonly page_info?: { readonly total_page?: number };
      };
      const found = list.find((segment) => (audience.id === undefined ? segment.name === nameOf(audience) : String(segment.audience_id) === audience.id));
      if (found) return { ...found, audience_id: String(found.audience_id) };
      if (page >= (page_info?.total_page ?? 1)) return undefined;
    }
    return undefined;
  }

  async create(audience: Audience): Promise<string> {
    const body = { advertiser_id: this.settings.advertiser_id, custom_audience_name: nameOf(audience), action: "create" };
    // Once: an attempt whose answer is lost may have made it, and the next run finds it by its name.
    const { audience_id } = (await this.call("POST", "/open_api/v1.3/segment/audience/", body, { attempts: 1 })) as { readonly audience_id?: string | number };
    if (audience_id === undefined)
      throw new DeliveryError("unreachable", "TikTok made the segment and did not say its id", "run it again: it is found by its name");
    return String(audience_id);
  }

  async map(action: "add" | "delete", schema: readonly string[], data: readonly unknown[]): Promise<void> {
    const body = { advertiser_ids: [this.settings.advertiser_id], action, id_schema: schema, batch_data: data };
    await this.call("POST", "/open_api/v1.3/segment/mapping/", body, {}, JSON.stringify(data));
  }

  private async call(method: ApiRequest["method"], path: string, body?: object, options?: CallOptions, personal?: string): Promise<unknown> {
    const headers = { "access-token": this.settings.access_token };
    const answer = await this.client.call({ method, path, headers, ...(body !== undefined && { body: JSON.stringify(body) }), personal }, options);
    return (answer as { readonly data?: unknown }).data ?? {};
  }
}

function nameOf({ name, marker }: Audience): string {
  return `${name} [${marker}]`;
}

function missing({ name, id }: Audience): string {
  return id === undefined ? `there is no segment "${name}" that was made for this export` : `there is no segment ${id}`;
}

const missingAdvice = "set `audience.create: true`, or `audience.id` to the id of one that is there";

async function ensure(api: TiktokApi, audience: Audience): Promise<string> {
  const found = await api.find(audience);
  if (found.id !== undefined) return found.id;
  if (!audience.create) throw new DeliveryError("refused", missing(audience), missingAdvice);
  return api.create(audience);
}

async function check(api: TiktokApi, audience: Audience): Promise<readonly CheckItem[]> {
  try {
    const found = await api.find(audience);
    const access: CheckItem = { what: "token", outcome: "ok", detail: "it reads the advertiser's audiences" };
    return [access, judgeSegment(found, audience)];
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.kind === "interrupted") throw error;
    return [{ what: "token", outcome: "failed", detail: error.message, advice: error.advice }];
  }
}

function judgeSegment({ exists, id, condition }: AudienceState, audience: Audience): CheckItem {
  if (exists) return { what: "segment", outcome: "ok", detail: condition === undefined ? `${id}` : `${id}: ${condition}` };
  if (audience.create && audience.id === undefined) return { what: "segment", outcome: "ok", detail: "not there yet; the first run makes it" };
  // One that we made and that is gone is for the guard of lost audiences to judge.
  if (audience.create) return { what: "segment", outcome: "warning", detail: missing(audience) };
  return { what: "segment", outcome: "failed", detail: missing(audience), advice: missingAdvice };
}

function openSession(api: TiktokApi, segmentId: string, parts: Delivery["parts"]): DeliverySession {
  return {
    audienceId: segmentId,
    send: async ({ operation, members }: Batch): Promise<Receipt> => {
      const columns = parts.find((part) => part.operation === operation)?.columns ?? [];
      const data = members.map(({ cells }) => cells.map((cell, i) => (cell === "" ? {} : { id: hashCell(columns[i] ?? "", cell), audience_ids: [segmentId] })));
      await api.map(
        operation === "remove" ? "delete" : "add",
        columns.map((column) => schemaNames[column] ?? column),
        data,
      );
      return { received: members.length };
    },
    finish: async () => ({ files: [] }),
    abort: async () => undefined,
  };
}
