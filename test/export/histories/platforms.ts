/** The fake platforms that histories are played against: what differs between them is told here. */
import { createHash } from "node:crypto";
import { errorInfo, FakeGoogle, googleError } from "../../fake-platforms/fake-google.mjs";
import { FakeMeta, metaError } from "../../fake-platforms/fake-meta.mjs";
import type { FakeRequest, Fault } from "../../fake-platforms/fake-platform.mjs";
import { emailNumbers, type Name, names, type Person, type Step } from "./step.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");

export interface HistoryPlatform {
  readonly fake: FakeMeta | FakeGoogle;
  /** Its entry in retain.yml once it has started, and the environment that the entry reads. */
  readonly start: () => Promise<{ readonly destination: string; readonly environment: Readonly<Record<string, string>> }>;
  /** The identifiers of the export, as YAML. */
  readonly identifiers: string;
  readonly faults: readonly Omit<Fault, "on">[];
  readonly isDelivery: (request: FakeRequest) => boolean;
  readonly identifiersOf: (name: Name, person: Pick<Person, "email"> & Partial<Person>) => readonly string[];
  /** Whom a set of identifiers belongs to. */
  readonly nameOf: (identifiers: readonly string[]) => Name;
  readonly members: (audience: string) => readonly string[];
  /** What it will do with the batches of a step after it has taken them. */
  readonly settleLater: (step: Pick<Step, "refused" | "slowness">) => void;
  /** Whether it can make an audience one of nobody. */
  readonly replacesWithNobody: boolean;
}

const nameOfEmail = new Map(
  names.flatMap((name) => emailNumbers.map((email) => [`EMAIL=${sha(`${name}${email}@example.com`)}`, name] as const)) as readonly (readonly [string, Name])[],
);

function nameByEmail(identifiers: readonly string[]): Name {
  const name = identifiers.map((identifier) => nameOfEmail.get(identifier)).find((found) => found !== undefined);
  if (name === undefined) throw new Error(`nobody has ${identifiers.join(", ")}`);
  return name;
}

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
    fake,
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
      `EMAIL=${sha(`${name}${email}@example.com`)}`,
      ...(phone === undefined ? [] : [`PHONE=${sha(`1650555000${phone}`)}`]),
    ],
    nameOf: nameByEmail,
    members: (audience) => [...([...fake.audiences.values()].find(({ properties }) => properties["name"] === audience)?.members ?? [])].sort(),
    settleLater: () => undefined,
    replacesWithNobody: false,
  };
}

export function googlePlatform(): HistoryPlatform {
  const fake = new FakeGoogle();
  return {
    fake,
    start: async () => {
      const url = await fake.start();
      return {
        destination: `{type: google, account: 1234567890, credentials: "\${GOOGLE_KEY}", base_url: "${url}"}`,
        environment: { GOOGLE_KEY: fake.credentials() },
      };
    },
    identifiers: "{EMAIL: email, PHONE: phone}",
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
    identifiersOf: (name, { email, phone }) => [
      `EMAIL=${sha(`${name}${email}@example.com`)}`,
      ...(phone === undefined ? [] : [`PHONE=${sha(`+1650555000${phone}`)}`]),
    ],
    nameOf: nameByEmail,
    members: (audience) => fake.members([...fake.lists.values()].find(({ properties }) => properties["displayName"] === audience)?.id ?? "none"),
    settleLater: ({ refused, slowness }) => {
      fake.outcomes = refused.map((isRefused) => (isRefused ? "FAILED" : "SUCCESS"));
      fake.slowness = slowness;
    },
    replacesWithNobody: true,
  };
}
