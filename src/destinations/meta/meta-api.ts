/** Meta's Graph API with its token: the calls that audiences need, each one a function. */
import { createHmac } from "node:crypto";
import type { ApiClient, ApiRequest, CallOptions } from "../http/api-client.ts";
import type { MetaSettings } from "./meta-settings.ts";

export interface MetaAudienceInfo {
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  /** CUSTOM for lists of customers; audiences of other kinds take nobody who is sent. */
  readonly subtype?: string;
  readonly operation_status?: { readonly code?: number; readonly description?: string };
  readonly approximate_count_lower_bound?: number;
  readonly approximate_count_upper_bound?: number;
}

const audienceFields = "id,name,description,subtype,operation_status,approximate_count_lower_bound,approximate_count_upper_bound";

/** Customer-file audiences are 500 at most, among others of all kinds. */
const mostPages = 50;

export class MetaApi {
  private readonly client: ApiClient;
  private readonly settings: MetaSettings;

  constructor(client: ApiClient, settings: MetaSettings) {
    this.client = client;
    this.settings = settings;
  }

  get account(): string {
    return `act_${this.settings.ad_account}`;
  }

  async me(options?: CallOptions): Promise<{ readonly id?: string; readonly name?: string }> {
    return (await this.client.call(this.get("/me", { fields: "id,name" }), options)) as { readonly id?: string; readonly name?: string };
  }

  async permissions(options?: CallOptions): Promise<readonly { readonly permission?: string; readonly status?: string }[]> {
    const answer = (await this.client.call(this.get("/me/permissions"), options)) as { readonly data?: readonly { permission?: string; status?: string }[] };
    return answer.data ?? [];
  }

  async adAccount(
    options?: CallOptions,
  ): Promise<{ readonly name?: string; readonly account_status?: number; readonly tos_accepted?: Readonly<Record<string, unknown>> }> {
    return (await this.client.call(this.get(`/${this.account}`, { fields: "name,account_status,tos_accepted" }), options)) as never;
  }

  async audience(id: string, options?: CallOptions): Promise<MetaAudienceInfo> {
    return (await this.client.call(this.get(`/${id}`, { fields: audienceFields }), options)) as MetaAudienceInfo;
  }

  /** The first audience that carries the marker, of all pages of the ad account's audiences. */
  async audienceWithMarker(marker: string, options?: CallOptions): Promise<MetaAudienceInfo | undefined> {
    let after: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const query = { fields: audienceFields, limit: "200", ...(after !== undefined && { after }) };
      const answer = (await this.client.call(this.get(`/${this.account}/customaudiences`, query), options)) as {
        readonly data?: readonly MetaAudienceInfo[];
        readonly paging?: { readonly next?: string; readonly cursors?: { readonly after?: string } };
      };
      const found = answer.data?.find(({ description }) => description?.includes(marker));
      if (found) return found;
      after = answer.paging?.cursors?.after;
      if (after === undefined || answer.paging?.next === undefined) return undefined;
    }
    return undefined;
  }

  async createAudience(properties: Readonly<Record<string, unknown>>): Promise<string> {
    // Once: an attempt whose answer is lost may have made it, and the next run finds it by its marker.
    const request = this.send("POST", `/${this.account}/customaudiences`, properties);
    const { id } = (await this.client.call(request, { attempts: 1 })) as { readonly id: string | number };
    return String(id);
  }

  /** `build` gives the body for each attempt; `data` within it are the people. */
  async users(method: "POST" | "DELETE", path: string, build: (attempt: number) => { readonly body: object; readonly data: unknown }): Promise<UsersAnswer> {
    const answer = await this.client.call((attempt) => {
      const { body, data } = build(attempt);
      return { ...this.send(method, path, body), personal: JSON.stringify(data) };
    });
    return answer as UsersAnswer;
  }

  private get(path: string, query: Readonly<Record<string, string>> = {}): ApiRequest {
    return { method: "GET", path: this.path(path, query), headers: this.headers() };
  }

  private send(method: "POST" | "DELETE", path: string, body: object): ApiRequest {
    return { method, path: this.path(path), headers: this.headers(), body: JSON.stringify(body) };
  }

  private path(path: string, query: Readonly<Record<string, string>> = {}): string {
    const { api_version, app_secret, access_token } = this.settings;
    const proof = app_secret === undefined ? {} : { appsecret_proof: createHmac("sha256", app_secret).update(access_token).digest("hex") };
    const text = new URLSearchParams({ ...query, ...proof }).toString();
    return `/${api_version}${path}${text === "" ? "" : `?${text}`}`;
  }

  /** In a header, where no log of addresses keeps it. */
  private headers(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.settings.access_token}` };
  }
}

export interface UsersAnswer {
  readonly num_received?: number;
  readonly num_invalid_entries?: number;
}
