/** Finds, checks and makes Customer Match lists at Google. Never looks at who is in them: Google tells nobody. */
import { createHash } from "node:crypto";
import { type Audience, type AudienceState, type CheckItem, DeliveryError } from "../../ports/destination.ts";
import type { GoogleApi, UserList } from "./google-api.ts";
import { uploadKeyOf } from "./google-members.ts";
import type { GoogleSettings } from "./google-settings.ts";
import type { ServiceAccount } from "./service-account.ts";

/** Looking is quick or not at all. */
const brief = { attempts: 2, timeoutMs: 15_000 };

const longestDescription = 200;

export async function findGoogleList(api: GoogleApi, audience: Audience): Promise<AudienceState> {
  const list = await lookUp(api, audience);
  if (!list?.id) return { exists: false, id: undefined, wasDelivered: false, size: undefined, condition: undefined };
  const counts = [list.sizeInfo?.displayNetworkMembersCount, list.sizeInfo?.searchNetworkMembersCount].flatMap((text) =>
    text === undefined ? [] : [Number(text)],
  );
  return {
    exists: true,
    id: String(list.id),
    wasDelivered: list.description?.includes(markerOf(audience)) === true,
    size: counts.length === 0 ? undefined : { least: Math.min(...counts), most: Math.max(...counts) },
    condition: list.membershipStatus?.toLowerCase(),
  };
}

async function lookUp(api: GoogleApi, audience: Audience): Promise<UserList | undefined> {
  if (audience.id === undefined) return api.userListWithMarker(markerOf(audience), brief);
  try {
    return await api.userList(audience.id, brief);
  } catch (error) {
    if (error instanceof DeliveryError && error.kind === "refused" && error.message.includes("NOT_FOUND")) return undefined;
    throw error;
  }
}

/** Its id; made when it is missing and may be made. */
export async function ensureGoogleList(api: GoogleApi, settings: GoogleSettings, audience: Audience): Promise<string> {
  const state = await findGoogleList(api, audience);
  if (state.id !== undefined) return state.id;
  if (!audience.create) throw new DeliveryError("refused", missing(audience), missingAdvice);
  const uploadKey = uploadKeyOf(audience.columns);
  const { id } = await api.createUserList({
    displayName: audience.name,
    description: `${audience.description.slice(0, longestDescription)} ${markerOf(audience)}`.trim(),
    membershipStatus: "OPEN",
    membershipDuration: `${settings.membership_days * 86_400}s`,
    ingestedUserListInfo: {
      uploadKeyTypes: [uploadKey],
      ...(uploadKey === "MOBILE_ID" && { mobileIdInfo: { appId: settings.app_id, keySpace: settings.app_system } }),
    },
  });
  if (!id) throw new DeliveryError("unreachable", "Google made the list and did not say its id", "run it again: the list is found by its description");
  return String(id);
}

function markerOf({ marker }: Audience): string {
  return `[${marker}]`;
}

function missing({ name, id }: Audience): string {
  return id === undefined ? `there is no list "${name}" that was made for this export` : `there is no list ${id}`;
}

const missingAdvice = "set `audience.create: true`, or `audience.id` to the id of one that is there";

export async function checkGoogle(api: GoogleApi, account: ServiceAccount, audience: Audience): Promise<readonly CheckItem[]> {
  const credentials = await look("credentials", async () => {
    await account.accessToken();
    return ok("credentials", `Google knows ${await account.email()}`);
  });
  // Everything else would only say the same again.
  if (credentials.some(({ outcome }) => outcome === "failed")) return credentials;
  const permission = await look("permission", async () => {
    await api.lookAtLists(brief);
    return ok("permission", "the account's lists can be read");
  });
  if (permission.some(({ outcome }) => outcome === "failed")) return [...credentials, ...permission];
  return [...credentials, ...permission, ...(await checkList(api, audience))];
}

async function checkList(api: GoogleApi, audience: Audience): Promise<readonly CheckItem[]> {
  let id: string | undefined;
  const list = await look("list", async () => {
    const found = await lookUp(api, audience);
    if (!found?.id) {
      if (audience.create && audience.id === undefined) return ok("list", "not there yet; the first run makes it");
      // One that we made and that is gone is for the guard of lost audiences to judge.
      if (audience.create) return { what: "list", outcome: "warning", detail: missing(audience) };
      return { what: "list", outcome: "failed", detail: missing(audience), advice: missingAdvice };
    }
    if (found.readOnly === true || found.membershipStatus === "CLOSED") {
      const advice = "open the list in Google Ads, or name another one";
      return { what: "list", outcome: "failed", detail: `${found.id} is ${found.readOnly === true ? "read-only" : "closed"}`, advice };
    }
    id = found.id;
    return ok("list", `${found.id} is open`);
  });
  if (id === undefined) return list;
  const listId = id;
  // Terms and declarations are asked for only when members are sent: one that is nobody is validated, and not added.
  const terms = await look("terms", async () => {
    await api.members("ingest", listId, [nobody(audience)], true, brief);
    return ok("terms", "members would be taken");
  });
  return [...list, ...terms];
}

/** A member of the right kind whom no list can hold: the address belongs to a name that is reserved for examples. */
function nobody({ columns }: Audience): object {
  if (uploadKeyOf(columns) === "MOBILE_ID") return { mobileData: { mobileIds: ["11111111-1111-4111-8111-111111111111"] } };
  return { userData: { userIdentifiers: [{ emailAddress: createHash("sha256").update("nobody@example.com").digest("hex") }] } };
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
