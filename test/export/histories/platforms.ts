/** The platforms that histories are played against: what differs between them is told here. */
import { createHash } from "node:crypto";
import type { DeliveryMode } from "../../../src/ports/destination.ts";
import { errorInfo, FakeGoogle, googleError } from "../../fake-platforms/fake-google.mjs";
import { FakeMeta, metaError } from "../../fake-platforms/fake-meta.mjs";
import type { FakePlatform, FakeRequest, Fault } from "../../fake-platforms/fake-platform.mjs";
import { FakeTiktok, tiktokError } from "../../fake-platforms/fake-tiktok.mjs";
import { FakeWebhook } from "../../fake-platforms/fake-webhook.mjs";
import { emailNumbers, type Name, names, type Person, type Step } from "./step.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const secret = "a-secret-of-the-tests";

export interface HistoryPlatform {
  readonly fake: FakePlatform;
  /** Its entry in retain.yml once it has started, and the environment that the entry reads. */
  readonly start: () => Promise<{ readonly destination: string; readonly environment: Readonly<Record<string, string>> }>;
  readonly stop: () => Promise<void>;
  /** A history begins: `onAdd` is called with each set of identifiers before it is added, `now` is its clock. */
  readonly begin: (onAdd: (identifiers: readonly string[]) => void, now: () => number, project: { readonly directory: string }) => void;
  readonly modes: readonly DeliveryMode[];
  /** The identifiers of the export, as YAML. */
  readonly identifiers: string;
  readonly faults: readonly Omit<Fault, "on">[];
  readonly isDelivery: (request: FakeRequest) => boolean;
  readonly identifiersOf: (name: Name, person: Pick<Person, "email"> & Partial<Person>) => readonly string[];
  /** Whom a set of identifiers belongs to. */
  readonly nameOf: (identifiers: readonly string[]) => Name;
  readonly members: (audience: string) => Promise<readonly string[]> | readonly string[];
  /** What it will do with the batches of a step after it has taken them. */
  readonly settleLater: (step: Pick<Step, "refused" | "slowness">) => void;
  /** Whether it can make an audience one of nobody. */
  readonly replacesWithNobody: boolean;
  /** Whether one part of a difference can be delivered, and people be counted off. */
  readonly takesParts: boolean;
  /** Whether a postal address finds somebody. */
  readonly takesAddresses: boolean;
}

const nameOfEmail = new Map(names.flatMap((name) => emailNumbers.map((email): readonly [string, Name] => [emailOf(name, email), name])));

const nameOfAddress = new Map(names.map((name) => [addressOf(name), name] as const));

function addressOf(name: Name): string {
  return `ADDRESS=${sha(name)} ${sha(name)} US 94035`;
}

export function nameByIdentifiers(identifiers: readonly string[]): Name {
  const name = identifiers.map((identifier) => nameOfEmail.get(identifier) ?? nameOfAddress.get(identifier)).find((found) => found !== undefined);
  if (name === undefined) throw new Error(`nobody has ${identifiers.join(", ")}`);
  return name;
}

export function emailOf(name: Name, email: number): string {
  return `EMAIL=${sha(`${name}${email}@example.com`)}`;
}

const everyMode: readonly DeliveryMode[] = ["mirror", "add", "remove", "replace"];
const api = { modes: everyMode, takesParts: true, takesAddresses: false, settleLater: () => undefined } as const;

const passing: readonly Omit<Fault, "on">[] = [
  { answer: { status: 429, headers: { "retry-after": "3" } } },
  { answer: { status: 502, body: "<html>bad gateway</html>" } },
  { drop: "before" },
  { drop: "after" },
  { hang: "before" },
  { hang: "after" },
];

export function metaPlatform(): HistoryPlatform {
  const fake = new FakeMeta();
  return {
    ...api,
    fake,
    stop: () => fake.stop(),
    begin: (onAdd, now) => Object.assign(fake, { onAdd, now }),
    start: async () => {
      const url = await fake.start();
      return { destination: `{type: meta, ad_account: 1234567890, access_token: fake-meta-token, base_url: "${url}"}`, environment: {} };
    },
    identifiers: "{EXTERN_ID: customer_id, EMAIL: email, PHONE: phone}",
    faults: [
      ...passing,
      { answer: metaError(1, "An unknown error occurred", undefined, 500) },
      { answer: metaError(80003, "too many calls to custom audiences") },
      { answer: metaError(1, "Please reduce the amount of data you're asking for", undefined, 500) },
      { answer: metaError(190, "Session has expired", 463, 401) },
      { answer: metaError(200, "accept the terms", 1870090, 403) },
      { answer: metaError(100, "Invalid parameter") },
    ],
    isDelivery: ({ method, path }) => method !== "GET" && /\/users(replace)?$/.test(path),
    identifiersOf: (name, { email, phone }) => [
      `EXTERN_ID=${name}`,
      emailOf(name, email),
      ...(phone === undefined ? [] : [`PHONE=${sha(`1650555000${phone}`)}`]),
    ],
    nameOf: nameByIdentifiers,
    members: (audience) => [...([...fake.audiences.values()].find(({ properties }) => properties["name"] === audience)?.members ?? [])].sort(),
    replacesWithNobody: false,
  };
}

export function googlePlatform(): HistoryPlatform {
  const fake = new FakeGoogle();
  return {
    ...api,
    fake,
    stop: () => fake.stop(),
    begin: (onAdd, now) => Object.assign(fake, { onAdd, now }),
    takesAddresses: true,
    start: async () => {
      const url = await fake.start();
      return {
        destination: `{type: google, account: 1234567890, credentials: "\${GOOGLE_KEY}", base_url: "${url}"}`,
        environment: { GOOGLE_KEY: fake.credentials() },
      };
    },
    identifiers: "{EMAIL: email, PHONE: phone, FN: customer_id, LN: customer_id, COUNTRY: country, ZIP: advertising_id}",
    faults: [
      ...passing,
      { answer: googleError(500, "INTERNAL", "Internal error") },
      { answer: googleError(429, "RESOURCE_EXHAUSTED", "Quota exceeded") },
      { answer: googleError(400, "INVALID_ARGUMENT", "Too many members", [errorInfo("TOO_MANY_AUDIENCE_MEMBERS")]) },
      { answer: googleError(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.") },
      { answer: googleError(403, "FAILED_PRECONDITION", "Terms", [errorInfo("TERMS_AND_CONDITIONS_NOT_SIGNED")]) },
      { answer: googleError(400, "INVALID_ARGUMENT", "There was a problem with the request.") },
    ],
    isDelivery: ({ path, body }) => path.includes("/audienceMembers:") && body?.validateOnly !== true,
    identifiersOf: (name, { email, phone, address }) => [
      ...(phone === undefined ? [] : [`PHONE=${sha(`+1650555000${phone}`)}`]),
      ...(address === undefined ? [] : [addressOf(name)]),
      ...(address === "alone" ? [] : [emailOf(name, email)]),
    ],
    nameOf: nameByIdentifiers,
    members: (audience) => fake.members([...fake.lists.values()].find(({ properties }) => properties["displayName"] === audience)?.id ?? "none"),
    settleLater: ({ refused, slowness }) => {
      fake.outcomes = refused.map((isRefused) => (isRefused ? "FAILED" : "SUCCESS"));
      fake.slowness = slowness;
    },
    replacesWithNobody: true,
  };
}

export function tiktokPlatform(): HistoryPlatform {
  const fake = new FakeTiktok();
  return {
    ...api,
    fake,
    start: async () => {
      const url = await fake.start();
      return { destination: `{type: tiktok, advertiser_id: "7000000000000000001", access_token: ${fake.token}, base_url: "${url}"}`, environment: {} };
    },
    stop: () => fake.stop(),
    begin: (onAdd) => Object.assign(fake, { onAdd }),
    modes: ["mirror", "add", "remove"],
    identifiers: "{EMAIL: email, PHONE: phone}",
    faults: [
      ...passing,
      { answer: tiktokError(40100, "Too many requests") },
      { answer: tiktokError(50000, "System error") },
      { answer: tiktokError(40002, "batch_data exceeds the maximum") },
      { answer: tiktokError(40105, "Access token is incorrect or has been revoked.") },
      { answer: tiktokError(40001, "No permission") },
      { answer: tiktokError(40002, "Parameter error") },
    ],
    isDelivery: ({ path }) => path.endsWith("/segment/mapping/"),
    identifiersOf: (name, { email, phone }) => [...(phone === undefined ? [] : [`PHONE=${sha(`1650555000${phone}`)}`]), emailOf(name, email)],
    nameOf: nameByIdentifiers,
    members: (audience) => fake.members(`${audience} [retain/shop/dev/${audience}]`),
    replacesWithNobody: true,
  };
}

export function webhookPlatform(): HistoryPlatform {
  const fake = new FakeWebhook({ secret });
  return {
    ...api,
    fake,
    start: async () => ({ destination: `{type: webhook, url: "${await fake.start()}", secret: ${secret}}`, environment: {} }),
    stop: () => fake.stop(),
    // It knows one audience only, and each history has its own.
    begin: (onAdd, now) => Object.assign(fake, { onAdd, now, members: new Set() }),
    identifiers: "{EXTERN_ID: customer_id, EMAIL: email}",
    faults: [...passing, ...[500, 408, 413, 401, 403, 422].map((status) => ({ answer: { status, body: { error: "no" } } }))],
    isDelivery: ({ body }) => body?.event === "audience.batch" || body?.event === "audience.finished",
    identifiersOf: (name, { email }) => [`EXTERN_ID=${name}`, emailOf(name, email)],
    nameOf: nameByIdentifiers,
    members: () => [...fake.members].sort(),
    replacesWithNobody: true,
  };
}
