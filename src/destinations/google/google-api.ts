/** Google's Data Manager API with its token: the calls that lists need, each one a function. */
import type { ApiClient, ApiRequest, CallOptions } from "../http/api-client.ts";
import type { GoogleSettings } from "./google-settings.ts";
import type { ServiceAccount } from "./service-account.ts";

export interface UserList {
  readonly id?: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly membershipStatus?: string;
  readonly readOnly?: boolean;
  readonly sizeInfo?: { readonly displayNetworkMembersCount?: string; readonly searchNetworkMembersCount?: string };
}

export interface IngestAnswer {
  readonly requestId?: string;
  readonly fieldWarnings?: readonly { readonly field?: string; readonly description?: string; readonly reason?: string }[];
}

export interface StatusAnswer {
  readonly requestStatusPerDestination?: readonly {
    readonly requestStatus?: string;
    readonly errorInfo?: { readonly errorCounts?: readonly Counted[] };
    readonly warningInfo?: { readonly warningCounts?: readonly Counted[] };
  }[];
}

interface Counted {
  readonly recordCount?: string;
  readonly reason?: string;
}

const mostPages = 100;

export class GoogleApi {
  private readonly client: ApiClient;
  private readonly settings: GoogleSettings;
  private readonly account: ServiceAccount;

  constructor(client: ApiClient, settings: GoogleSettings, account: ServiceAccount) {
    this.client = client;
    this.settings = settings;
    this.account = account;
  }

  async userList(id: string, options?: CallOptions): Promise<UserList> {
    return (await this.call("GET", `${this.lists}/${encodeURIComponent(id)}`, undefined, options)) as UserList;
  }

  /** The first list that carries the marker, of all pages of the account's lists. */
  async userListWithMarker(marker: string, options?: CallOptions): Promise<UserList | undefined> {
    let token: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const query = new URLSearchParams({ pageSize: "200", ...(token !== undefined && { pageToken: token }) });
      const answer = (await this.call("GET", `${this.lists}?${query}`, undefined, options)) as {
        readonly userLists?: readonly UserList[];
        readonly nextPageToken?: string;
      };
      const found = answer.userLists?.find(({ description }) => description?.includes(marker));
      if (found) return found;
      token = answer.nextPageToken;
      if (!token) return undefined;
    }
    return undefined;
  }

  /** One page, to see whether the account can be read at all. */
  async lookAtLists(options?: CallOptions): Promise<void> {
    await this.call("GET", `${this.lists}?pageSize=1`, undefined, options);
  }

  async createUserList(list: object): Promise<UserList> {
    // Once: an attempt whose answer is lost may have made it, and the next run finds it by its marker.
    return (await this.call("POST", this.lists, list, { attempts: 1 })) as UserList;
  }

  async members(action: "ingest" | "remove", listId: string, members: readonly object[], validateOnly: boolean, options?: CallOptions): Promise<IngestAnswer> {
    const { ad_user_data, ad_personalization } = this.settings.consent;
    const body = {
      destinations: [this.destination(listId)],
      audienceMembers: members,
      ...(action === "ingest" && {
        consent: { adUserData: consentOf(ad_user_data), adPersonalization: consentOf(ad_personalization) },
        termsOfService: { customerMatchTermsOfServiceStatus: "ACCEPTED" },
      }),
      encoding: "HEX",
      ...(validateOnly && { validateOnly: true }),
    };
    return (await this.call("POST", `/v1/audienceMembers:${action}`, body, options, JSON.stringify(members))) as IngestAnswer;
  }

  async removeAll(listId: string, before: Date): Promise<IngestAnswer> {
    return (await this.call("POST", "/v1/audienceMembers:removeAll", {
      destinations: [this.destination(listId)],
      removeAsOfTime: before.toISOString(),
    })) as IngestAnswer;
  }

  async requestStatus(requestId: string, options?: CallOptions): Promise<StatusAnswer> {
    return (await this.call("GET", `/v1/requestStatus:retrieve?${new URLSearchParams({ requestId })}`, undefined, options)) as StatusAnswer;
  }

  private get lists(): string {
    const { account_type, account } = this.settings;
    return `/v1/accountTypes/${account_type}/accounts/${account}/userLists`;
  }

  private destination(listId: string) {
    const { account_type: accountType, account, login_account } = this.settings;
    return {
      operatingAccount: { accountType, accountId: account },
      ...(login_account !== undefined && { loginAccount: { accountType, accountId: login_account } }),
      productDestinationId: listId,
    };
  }

  private async call(method: ApiRequest["method"], path: string, body?: object, options?: CallOptions, personal?: string): Promise<unknown> {
    const { quota_project } = this.settings;
    return this.client.call(async () => {
      const headers = {
        authorization: `Bearer ${await this.account.accessToken()}`,
        ...(quota_project !== undefined && { "x-goog-user-project": quota_project }),
      };
      return { method, path, headers, ...(body !== undefined && { body: JSON.stringify(body) }), personal };
    }, options);
  }
}

function consentOf(answer: "granted" | "denied"): string {
  return answer === "granted" ? "CONSENT_GRANTED" : "CONSENT_DENIED";
}
