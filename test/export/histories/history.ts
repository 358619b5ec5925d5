/**
 * One history: an export with an audience of its own, what is done to it, and a model of who is in it. The model is a map
 * from names to identifiers; everything else of the engine is left out of it.
 */
import { expect } from "vitest";
import { isHeldOut } from "../../../src/export/holdout.ts";
import { sha256Hex } from "../../../src/export/identity/hash.ts";
import type { DeliveryMode } from "../../../src/ports/destination.ts";
import type { FakeRequest } from "../../fake-platforms/fake-platform.mjs";
import { type ExportProject, fakeClock } from "../export-project.ts";
import { Death, Mortality } from "./mortality.ts";
import type { HistoryPlatform } from "./platforms.ts";
import { emailNumbers, type Name, names, type Person, type Step, type World } from "./step.ts";

/** What of a difference is asked for. */
interface Parts {
  readonly only?: "adds" | "removes";
  readonly limit?: number;
}

const everything: Parts = {};
const salt = "histories";
const batchSize = 2;
let histories = 0;

export class History {
  private readonly name = `history_${++histories}`;
  private readonly clock = fakeClock();
  private readonly project: ExportProject;
  private readonly platform: HistoryPlatform;
  private readonly environment: Readonly<Record<string, string>>;
  /** Who is expected in the audience, by which identifiers; nothing where that depends on how far something got. */
  private audience: ReadonlyMap<Name, readonly string[]> | undefined = new Map();
  private world: World = [];
  private holdout = 0;
  private mode: DeliveryMode = "mirror";
  private parts: Parts = everything;
  /** People who were sent although they may not be. */
  private readonly wronglySent: Name[] = [];

  constructor(project: ExportProject, platform: HistoryPlatform, environment: Readonly<Record<string, string>>) {
    this.project = project;
    this.platform = platform;
    this.environment = environment;
    platform.begin(
      (identifiers) => this.judge(platform.nameOf(identifiers)),
      () => this.clock.now().getTime(),
      project,
    );
    platform.fake.onHang = () => this.clock.runOut();
  }

  async run(step: Step): Promise<void> {
    const { world, holdout, faults, dies, recovers } = step;
    const { modes, replacesWithNobody } = this.platform;
    const isEmptied = step.mode === "replace" && !replacesWithNobody && this.eligible(world, holdout).size === 0;
    const mode = isEmptied || !modes.includes(step.mode) ? "mirror" : step.mode;
    [this.world, this.holdout, this.mode, this.parts] = [world, holdout, mode, this.partsOf(mode, step)];
    // A whole audience is sent again in time; whoever is not asked for in other runs is forgotten by the platform, as documented.
    if (isWhole(mode, this.parts)) await this.clock.sleep(step.days * 24 * 60 * 60_000);
    await this.waitForPlatform();
    await this.write();
    const before = this.audience;
    this.audience = undefined;
    const isDone = await this.withFaults(faults, () => {
      this.platform.settleLater(step);
      return this.attempt(dies);
    });
    this.platform.settleLater({ refused: [], slowness: 0 });
    // Once it ends, it is as if nothing had been; until then, mirrors and replacements alone say who should be there.
    if (!(isDone || (recovers && (await this.attemptUntilDone())))) return;
    // How many are counted off twice depends on how far the first attempt got.
    this.audience = isDone || this.parts.limit === undefined ? this.expected(before) : undefined;
    await this.expectMembers();
  }

  /** Whatever was left in the middle: a last mirror without trouble ends as if there had never been any. */
  async settle(): Promise<void> {
    this.mode = "mirror";
    this.parts = everything;
    await this.waitForPlatform();
    await this.write();
    expect(await this.attemptUntilDone()).toBe(true);
    this.audience = this.expected(undefined);
    await this.expectMembers();
  }

  /** A replacement that was begun and not finished keeps everybody else out of Meta for 90 minutes. */
  private async waitForPlatform(): Promise<void> {
    await this.clock.sleep(91 * 60_000);
  }

  /** What of the step's options its mode and its platform know. */
  private partsOf(mode: DeliveryMode, { only, limit }: Step): Parts {
    if (!this.platform.takesParts || mode === "replace") return everything;
    if (only === "removes" || (only === "adds" && mode !== "remove")) return { only };
    return limit !== undefined && (mode === "add" || mode === "remove") ? { limit } : everything;
  }

  private async withFaults(faults: Step["faults"], use: () => Promise<boolean>): Promise<boolean> {
    const { fake, isDelivery } = this.platform;
    let requests = 0;
    fake.faults = faults.map(({ at, kind }) => ({ ...this.platform.faults[kind], on: (request) => isDelivery(request) && requests === at }));
    const handle = fake.handle as (request: FakeRequest) => ReturnType<typeof fake.handle>;
    fake.handle = (request: FakeRequest): never => {
      if (isDelivery(request)) requests++;
      return handle.call(fake, request) as never;
    };
    try {
      return await use();
    } finally {
      fake.handle = handle as never;
      fake.faults = [];
    }
  }

  /** What is still worked on is done after a few looks at it, and what was refused is sent once more. */
  private async attemptUntilDone(): Promise<boolean> {
    for (let i = 0; i < 4; i++) {
      await this.waitForPlatform();
      if (await this.attempt(undefined)) return true;
    }
    return false;
  }

  /** Whether everything was sent and nothing is still worked on. */
  private async attempt(dies: number | undefined): Promise<boolean> {
    const { clock, environment } = this;
    try {
      const { value } = await this.project.run({
        export: this.name,
        clock,
        environment,
        now: clock.now,
        options: this.parts,
        state: new Mortality(dies).wrap,
        destination: (real) => ({ ...real, destination: { ...real.destination, capabilities: { ...real.destination.capabilities, batchSize } } }),
      });
      return (value?.status === "delivered" || value?.status === "unchanged") && value.sent.pending === 0;
    } catch (error) {
      if (!(error instanceof Death)) throw error;
      await this.project.state((connection) => connection.execute("rollback").catch(() => undefined));
      return false;
    }
  }

  private personOf(name: Name, world = this.world): Person | undefined {
    const found = world[names.indexOf(name)];
    return found && "isAbsent" in found ? undefined : found;
  }

  private isSuppressed(name: Name): boolean {
    return this.world[names.indexOf(name)]?.suppressed === true;
  }

  /** Whether somebody may never be sent, whatever the mode. */
  private isBarred(name: Name): boolean {
    const person = this.personOf(name);
    return this.isSuppressed(name) || (person !== undefined && (!person.consent || isHeldOut({ percent: this.holdout, salt }, name)));
  }

  private eligible(world: World, holdout: number): ReadonlyMap<Name, readonly string[]> {
    return new Map(
      names.flatMap((name) => {
        const person = this.personOf(name, world);
        if (!person?.consent || person.suppressed || isHeldOut({ percent: holdout, salt }, name)) return [];
        return [[name, this.platform.identifiersOf(name, person)] as const];
      }),
    );
  }

  private judge(name: Name): void {
    const isStranger = this.mode !== "add" && this.personOf(name) === undefined;
    if (this.isBarred(name) || isStranger) this.wronglySent.push(name);
  }

  /** Who must be in the audience after a run that ended well. */
  private expected(before: ReadonlyMap<Name, readonly string[]> | undefined): ReadonlyMap<Name, readonly string[]> | undefined {
    const eligible = this.eligible(this.world, this.holdout);
    const { only, limit } = this.parts;
    if (isWhole(this.mode, this.parts)) return eligible;
    if (before === undefined) return undefined;
    if (only === "adds") return new Map([...eligible, ...before]);
    const stays = (name: Name) => this.mode === "add" && this.personOf(name) === undefined && !this.isSuppressed(name);
    if (only === "removes" || this.mode === "remove") {
      const leavers = this.firstOf(
        limit,
        [...before.keys()].filter((name) => !(eligible.has(name) || stays(name))),
        (name) => this.personOf(name) !== undefined,
      );
      const left = new Map([...before].filter(([name]) => !leavers.includes(name)));
      const gone = leavers.flatMap((name) => before.get(name) ?? []);
      // Whoever waits beyond the limit is not sent again for a shared phone that went.
      const isTorn = [...left].some(([name, identifiers]) => !eligible.has(name) && identifiers.some((identifier) => gone.includes(identifier)));
      return limit !== undefined && isTorn ? undefined : left;
    }
    const isSame = (name: Name) => before.get(name)?.join() === eligible.get(name)?.join();
    const arriving = this.firstOf(
      limit,
      [...eligible.keys()].filter((name) => !isSame(name)),
      (name) => before.has(name),
    );
    return new Map([...[...before].filter(([name]) => stays(name)), ...[...eligible].filter(([name]) => isSame(name) || arriving.includes(name))]);
  }

  /** In the order in which they are counted off: first those for whom something else is at stake, then by their hashed keys. */
  private firstOf(limit: number | undefined, people: readonly Name[], isFirst: (name: Name) => boolean): readonly Name[] {
    const place = (name: Name) => `${isFirst(name) ? 0 : 1}${sha256Hex(name)}`;
    return people.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)).slice(0, limit);
  }

  private async expectMembers(): Promise<void> {
    const members = await this.platform.members(this.name);
    expect(this.wronglySent).toEqual([]);
    const barred = names
      .filter((name) => this.isBarred(name))
      .flatMap((name) => emailNumbers.map((email) => this.platform.identifiersOf(name, { email }).at(-1)));
    if (this.parts === everything) expect(members.filter((member) => barred.includes(member))).toEqual([]);
    if (this.audience === undefined) return;
    expect(members).toEqual([...new Set([...this.audience.values()].flat())].sort());
  }

  private async write(): Promise<void> {
    const { name, mode, holdout, world, platform } = this;
    await this.project.write(
      "exports/winback.yml",
      `exports:
  - name: ${name}
    model: people
    primary_key: customer_id
    destination: platform
    audience: {name: ${name}, create: true}
    mode: ${mode}
    identifiers: ${platform.identifiers}
    consent: {column: ads_consent}
    suppress: [do_not_contact]
${holdout === 0 ? "" : `    holdout: {percent: ${holdout}, salt: ${salt}}\n`}    guards: {max_remove_pct: 100, allow_empty: true}
`,
    );
    const people = world.flatMap((found, i) => {
      if ("isAbsent" in found) return [];
      const phone = found.phone === undefined ? "null" : `'+1 650 555 000${found.phone}'`;
      const address = platform.takesAddresses ? found.address : undefined;
      const email = address === "alone" ? "null" : `'${names[i]}${found.email}@example.com'`;
      return [`'${names[i]}', ${email}, ${phone}, ${address === undefined ? "null, null" : "'US', '94035'"}, ${found.consent}`];
    });
    const suppressed = world.flatMap((found, i) => (found.suppressed ? [`('${names[i]}')`] : []));
    await this.project.people(...people);
    await this.project.build(
      `create or replace table main.do_not_contact (customer_id varchar); ${suppressed.length === 0 ? "" : `insert into main.do_not_contact values ${suppressed.join(", ")}`}`,
    );
  }
}

/** Whether the audience is exactly what the model says afterwards, whatever it was. */
function isWhole(mode: DeliveryMode, { only }: Parts): boolean {
  return (mode === "mirror" || mode === "replace") && only === undefined;
}
