/**
 * One history: an export with an audience of its own, what is done to it, and a model of who is in it. The model is a map
 * from names to identifiers; everything else of the engine is left out of it.
 */
import { expect } from "vitest";
import { isHeldOut } from "../../../src/export/holdout.ts";
import type { DeliveryMode } from "../../../src/ports/destination.ts";
import type { FakeRequest } from "../../fake-platforms/fake-platform.mjs";
import { type ExportProject, fakeClock } from "../export-project.ts";
import { Death, Mortality } from "./mortality.ts";
import type { HistoryPlatform } from "./platforms.ts";
import { emailNumbers, type Name, names, type Person, type Step, type World } from "./step.ts";

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
  /** People who were sent although they may not be. */
  private readonly wronglySent: Name[] = [];

  constructor(project: ExportProject, platform: HistoryPlatform, environment: Readonly<Record<string, string>>) {
    this.project = project;
    this.platform = platform;
    this.environment = environment;
    platform.fake.onAdd = (identifiers) => this.judge(platform.nameOf(identifiers));
    platform.fake.onHang = () => this.clock.runOut();
  }

  async run(step: Step): Promise<void> {
    const { world, holdout, faults, dies, recovers } = step;
    const isEmptied = step.mode === "replace" && this.platform.replacesWithNobody === false && this.eligible(world, holdout).size === 0;
    const mode = isEmptied ? "mirror" : step.mode;
    [this.world, this.holdout, this.mode] = [world, holdout, mode];
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
    this.audience = this.expected(before);
    this.expectMembers();
  }

  /** Whatever was left in the middle: a last mirror without trouble ends as if there had never been any. */
  async settle(): Promise<void> {
    this.mode = "mirror";
    await this.waitForPlatform();
    await this.write();
    expect(await this.attemptUntilDone()).toBe(true);
    this.audience = this.expected(undefined);
    this.expectMembers();
  }

  /** A replacement that was begun and not finished keeps everybody else out of Meta for 90 minutes. */
  private async waitForPlatform(): Promise<void> {
    await this.clock.sleep(91 * 60_000);
    this.platform.fake.now = () => this.clock.now().getTime();
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
    if (this.mode === "mirror" || this.mode === "replace") return eligible;
    if (before === undefined) return undefined;
    if (this.mode === "remove") return new Map([...before].filter(([name]) => eligible.has(name)));
    const stays = (name: Name) => this.personOf(name) === undefined && !this.isSuppressed(name);
    return new Map([...[...before].filter(([name]) => stays(name)), ...eligible]);
  }

  private expectMembers(): void {
    expect(this.wronglySent).toEqual([]);
    const members = this.platform.members(this.name);
    const barred = names
      .filter((name) => this.isBarred(name))
      .flatMap((name) => emailNumbers.map((email) => this.platform.identifiersOf(name, { email }).at(-1)));
    expect(members.filter((member) => barred.includes(member))).toEqual([]);
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
      return [`'${names[i]}', '${names[i]}${found.email}@example.com', ${phone}, null, null, ${found.consent}`];
    });
    const suppressed = world.flatMap((found, i) => (found.suppressed ? [`('${names[i]}')`] : []));
    await this.project.people(...people);
    await this.project.build(
      `create or replace table main.do_not_contact (customer_id varchar); ${suppressed.length === 0 ? "" : `insert into main.do_not_contact values ${suppressed.join(", ")}`}`,
    );
  }
}
