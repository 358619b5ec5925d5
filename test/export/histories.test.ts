/**
 * Random histories of people who appear, change addresses, withdraw consent, are suppressed, fall into the holdout and vanish,
 * in all modes, while the platform fails and the process dies. After every run that succeeds the platform holds exactly who it
 * should; and at no moment is anybody sent who may not be addressed.
 */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { Kysely } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createKyselyDialect } from "../../src/adapters/duckdb/kysely-dialect.ts";
import { isHeldOut } from "../../src/export/holdout.ts";
import type { DeliveryMode } from "../../src/ports/destination.ts";
import type { Connection } from "../../src/ports/engine.ts";
import type { State } from "../../src/run/state/open-state.ts";
import { FakeMeta, metaError } from "../fake-platforms/fake-meta.mjs";
import type { FakeRequest, Fault } from "../fake-platforms/fake-platform.mjs";
import { ExportProject, fakeClock } from "./export-project.ts";

const names = ["a", "b", "c", "d", "e", "f"] as const;
const salt = "histories";
const batchSize = 2;
const sha = (text: string) => createHash("sha256").update(text).digest("hex");

/** How a person stands in the model; nothing of those who are not in it. */
interface Person {
  readonly email: number;
  /** Two people with the same one share a phone. */
  readonly phone: number | undefined;
  readonly consent: boolean;
  readonly suppressed: boolean;
}

type World = readonly (Person | undefined)[];

interface Step {
  readonly world: World;
  readonly mode: DeliveryMode;
  readonly holdout: number;
  /** What goes wrong at which request to the audience. */
  readonly faults: readonly { readonly at: number; readonly kind: number }[];
  /** At which statement of the state database the process dies. */
  readonly dies: number | undefined;
}

const faultKinds: readonly Omit<Fault, "on">[] = [
  { answer: { status: 429, headers: { "retry-after": "3" } } },
  { answer: metaError(1, "An unknown error occurred", undefined, 500) },
  { answer: metaError(4, "Application request limit reached") },
  { answer: metaError(17, "User request limit reached") },
  { answer: metaError(80003, "too many calls to custom audiences") },
  { answer: { status: 502, body: "<html>bad gateway</html>" } },
  { answer: metaError(1, "Please reduce the amount of data you're asking for", undefined, 500) },
  { drop: "before" },
  { drop: "after" },
  { answer: metaError(190, "Session has expired", 463, 401) },
  { answer: metaError(200, "accept the terms", 1870090, 403) },
  { answer: metaError(100, "Invalid parameter") },
];

const person: fc.Arbitrary<Person | undefined> = fc.option(
  fc.record({
    email: fc.integer({ min: 0, max: 2 }),
    phone: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    consent: fc.boolean().chain((yes) => (yes ? fc.constant(true) : fc.boolean())),
    suppressed: fc.boolean().chain((yes) => (yes ? fc.boolean() : fc.constant(false))),
  }),
  { nil: undefined, freq: 4 },
);

const step: fc.Arbitrary<Step> = fc.record({
  world: fc.array(person, { minLength: names.length, maxLength: names.length }),
  mode: fc.constantFrom<DeliveryMode>("mirror", "mirror", "mirror", "add", "remove", "replace"),
  holdout: fc.constantFrom(0, 0, 30, 60),
  faults: fc.array(fc.record({ at: fc.integer({ min: 0, max: 5 }), kind: fc.integer({ min: 0, max: faultKinds.length - 1 }) }), { maxLength: 3 }),
  dies: fc.option(fc.integer({ min: 0, max: 45 }), { nil: undefined, freq: 3 }),
});

let project: ExportProject;
let meta: FakeMeta;
let url: string;
let histories = 0;

beforeAll(async () => {
  meta = new FakeMeta();
  url = await meta.start();
  project = await ExportProject.create(
    undefined,
    `name: shop\ntargets: {dev: {type: duckdb, path: warehouse.duckdb}}\ndestinations:\n  facebook: {type: meta, ad_account: 1234567890, access_token: fake-meta-token, base_url: "${url}"}\n`,
  );
  await project.built("do_not_contact");
});
afterAll(async () => {
  await meta.stop();
  await project.dispose();
});

/** One history: its own export, its own audience, and what is expected to be in it. */
class History {
  private readonly name = `history_${++histories}`;
  private readonly clock = fakeClock();
  /** Who is expected in the audience, by which identifiers. */
  private audience = new Map<string, readonly string[]>();
  private world: World = [];
  private heldOut = 0;
  /** People who were sent although they may not be. */
  readonly wronglySent: string[] = [];

  async run({ world, mode, holdout, faults, dies }: Step): Promise<void> {
    [this.world, this.heldOut] = [world, holdout];
    await this.waitForMeta();
    await this.write(world, mode, holdout);
    let requests = 0;
    meta.faults = faults.map(({ at, kind }) => ({ ...faultKinds[kind], on: (request: FakeRequest) => isDelivery(request) && requests === at }));
    const handle = (request: FakeRequest) => isDelivery(request) && requests++;
    const counted = meta.handle;
    meta.handle = (request) => {
      handle(request);
      return counted.call(meta, request);
    };
    meta.onAdd = (identifiers) => this.judge(identifiers);
    try {
      const ended = await this.attempt(dies);
      meta.faults = [];
      // In the other modes it depends on what came before who should be there, so that nothing may change in between.
      if (!ended && (mode === "add" || mode === "remove")) expect(await this.attempt(undefined)).toBe(true);
      if (ended || mode === "add" || mode === "remove") this.expectMembers(mode);
    } finally {
      meta.handle = counted;
    }
  }

  /** Whatever was left in the middle: a last run without trouble ends as if there had never been any. */
  async settle(): Promise<void> {
    meta.faults = [];
    await this.waitForMeta();
    await this.write(this.world, "mirror", this.heldOut);
    expect(await this.attempt(undefined)).toBe(true);
    this.expectMembers("mirror");
  }

  /** A replacement that was begun and not finished keeps everybody else out for 90 minutes. */
  private async waitForMeta(): Promise<void> {
    await this.clock.sleep(91 * 60_000);
    const now = this.clock.now().getTime();
    meta.now = () => now;
  }

  private async attempt(dies: number | undefined): Promise<boolean> {
    const mortality = new Mortality(dies);
    try {
      const { value } = await project.run({
        export: this.name,
        clock: this.clock,
        now: this.clock.now,
        state: mortality.wrap,
        destination: (real) => ({ ...real, destination: { ...real.destination, capabilities: { ...real.destination.capabilities, batchSize } } }),
        options: { force: ["lost_ledger"] },
      });
      return value?.status === "delivered" || value?.status === "unchanged";
    } catch (error) {
      if (!(error instanceof Death)) throw error;
      await project.state((connection) => connection.execute("rollback").catch(() => undefined));
      return false;
    }
  }

  private judge(identifiers: readonly string[]): void {
    const name = identifiers.find((identifier) => identifier.startsWith("EXTERN_ID="))?.slice("EXTERN_ID=".length) ?? "?";
    if (this.isBarred(name)) this.wronglySent.push(name);
  }

  private isBarred(name: string): boolean {
    const found = this.world[names.indexOf(name as (typeof names)[number])];
    return found !== undefined && (!found.consent || found.suppressed || isHeldOut({ percent: this.heldOut, salt }, name));
  }

  private expectMembers(mode: DeliveryMode): void {
    const eligible = new Map(names.flatMap((name, i) => (this.world[i] && !this.isBarred(name) ? [[name, identifiersOf(name, this.world[i])] as const] : [])));
    const isThere = (name: string) => this.world[names.indexOf(name as (typeof names)[number])] !== undefined;
    const before = [...this.audience];
    if (mode === "mirror" || mode === "replace") this.audience = eligible;
    else if (mode === "add") this.audience = new Map([...before.filter(([name]) => !isThere(name)), ...eligible]);
    else this.audience = new Map(before.filter(([name]) => names.some((known) => known === name && eligible.has(known))));
    const [audience] = [...meta.audiences.values()].filter(({ properties }) => properties["name"] === this.name);
    expect([...(audience?.members ?? [])].sort()).toEqual([...new Set([...this.audience.values()].flat())].sort());
    expect(this.wronglySent).toEqual([]);
  }

  private async write(world: World, mode: DeliveryMode, holdout: number): Promise<void> {
    // Nobody can be replaced by nobody: Meta has no call for it.
    await project.write(
      "exports/winback.yml",
      `exports:
  - name: ${this.name}
    model: people
    primary_key: customer_id
    destination: facebook
    audience: {name: ${this.name}, create: true}
    mode: ${mode}
    identifiers: {EXTERN_ID: customer_id, EMAIL: email, PHONE: phone}
    consent: {column: ads_consent}
    suppress: [do_not_contact]
${holdout === 0 ? "" : `    holdout: {percent: ${holdout}, salt: ${salt}}\n`}    guards: {max_remove_pct: 100, allow_empty: true}
`,
    );
    await project.people(
      ...world.flatMap((found, i) => {
        const phone = found?.phone === undefined ? "null" : `'+1 650 555 000${found.phone}'`;
        return found ? [`'${names[i]}', '${names[i]}${found.email}@example.com', ${phone}, null, null, ${found.consent}`] : [];
      }),
    );
    const suppressed = world.flatMap((found, i) => (found?.suppressed ? [`('${names[i]}')`] : []));
    await project.build(
      `create or replace table main.do_not_contact (customer_id varchar); ${suppressed.length === 0 ? "" : `insert into main.do_not_contact values ${suppressed.join(", ")}`}`,
    );
  }
}

function identifiersOf(name: string, { email, phone }: Person): readonly string[] {
  return [`EXTERN_ID=${name}`, `EMAIL=${sha(`${name}${email}@example.com`)}`, ...(phone === undefined ? [] : [`PHONE=${sha(`1650555000${phone}`)}`])];
}

function isDelivery({ method, path }: FakeRequest): boolean {
  return method !== "GET" && /\/users(replace)?$/.test(path);
}

class Death extends Error {}

/** Lets the process die at a statement: from then on it does nothing any more, and what was not committed is gone. */
class Mortality {
  private left: number;

  constructor(statements: number | undefined) {
    this.left = statements ?? Number.POSITIVE_INFINITY;
  }

  readonly wrap = (real: State): State => {
    const live = () => {
      if (this.left-- <= 0) throw new Death("the process died");
    };
    const connection: Connection = {
      ...real.connection,
      execute: async (sql) => {
        live();
        return real.connection.execute(sql);
      },
      query: async (sql, parameters) => {
        live();
        return real.connection.query(sql, parameters);
      },
    };
    return { ...real, connection, db: new Kysely({ dialect: createKyselyDialect(connection) }) };
  };
}

test("every history ends well, and nobody is ever sent who may not be", async () => {
  const numRuns = Number(process.env["HISTORIES"] ?? 12);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
      const history = new History();
      let unsettled = false;
      for (const next of steps) {
        // Only a mirror or a replacement says for itself who should be there after something went wrong.
        const mode = unsettled && (next.mode === "add" || next.mode === "remove") ? "mirror" : next.mode;
        const isEmpty = next.world.every((found) => found === undefined);
        await history.run({ ...next, mode: mode === "replace" && isEmpty ? "mirror" : mode });
        unsettled = next.faults.length > 0 || next.dies !== undefined;
      }
      await history.settle();
      expect(history.wronglySent).toEqual([]);
    }),
    { numRuns },
  );
}, 600_000);
