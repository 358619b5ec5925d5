/** A small project in a temporary folder for the tests of exports: a real warehouse, a real state database, real files. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { duckdbEngine } from "../../src/adapters/duckdb/engine.ts";
import { createKyselyDialect } from "../../src/adapters/duckdb/kysely-dialect.ts";
import type { Config } from "../../src/config/config.ts";
import { interpolate } from "../../src/config/interpolate.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Diagnostic, Outcome } from "../../src/core/diagnostic.ts";
import { openDestination } from "../../src/destinations/registry.ts";
import type { ExportDestination, ExportOptions, ExportRequest } from "../../src/export/export-request.ts";
import { readStatus } from "../../src/export/export-status.ts";
import { findPerson, type PersonQuery } from "../../src/export/find-person.ts";
import { forgetPerson } from "../../src/export/forget-person.ts";
import { identifierSources } from "../../src/export/identifier-sources.ts";
import { identityPlatforms } from "../../src/export/identity/platforms.ts";
import { openLedger } from "../../src/export/ledger-tables.ts";
import { planExport } from "../../src/export/plan-export.ts";
import { checkDestination } from "../../src/export/preflight.ts";
import { runExport } from "../../src/export/run-export.ts";
import { readExports } from "../../src/parse/exposures.ts";
import { readDeclarations } from "../../src/parse/read-declarations.ts";
import type { AudienceExport } from "../../src/parse/resource.ts";
import type { ExportDeclaration } from "../../src/parse/resource-schema.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Connection, Database, Row } from "../../src/ports/engine.ts";
import { openState, type State } from "../../src/run/state/open-state.ts";
import { KnownPeople, textsBelow } from "./plain-text-search.ts";

const defaultSettings = `name: shop
targets: {dev: {type: duckdb, path: warehouse.duckdb}}
destinations:
  files: {type: file, directory: "\${OUT:-target/exports}"}
`;

/** `customer_id email phone country advertising_id ads_consent`, all text but the last. */
export const peopleTable =
  "create or replace table main.people (customer_id varchar, email varchar, phone varchar, country varchar, advertising_id varchar, ads_consent boolean)";

export const defaultExport = `exports:
  - name: winback
    model: people
    primary_key: customer_id
    destination: files
    audience: {name: Win back}
    identifiers:
      EMAIL: email
      PHONE: {column: phone, default_country: country}
      MADID: advertising_id
    consent: {column: ads_consent}
    guards: {max_remove_pct: 100}
`;

/** Threads run JavaScript, and tests the source. */
const normaliseThread = new URL("../../dist/export/normalise-thread.js", import.meta.url);

export interface FakeClock extends Clock {
  readonly slept: number[];
  /** Lets the time pass that somebody still waits for an answer. */
  readonly runOut: () => void;
}

/** No test waits: sleeping moves the clock, and so does running out of time. */
export function fakeClock(start = "2026-07-01T09:00:00Z"): FakeClock {
  let now = Date.parse(start);
  const slept: number[] = [];
  let last: { readonly controller: AbortController; readonly milliseconds: number } | undefined;
  return {
    slept,
    now: () => new Date(now),
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
    deadline: (milliseconds) => {
      last = { controller: new AbortController(), milliseconds };
      return last.controller.signal;
    },
    runOut: () => {
      now += last?.milliseconds ?? 0;
      last?.controller.abort(new DOMException("time ran out", "TimeoutError"));
    },
    random: () => 0.5,
  };
}

export type Overrides = Partial<Pick<ExportRequest, "now" | "runId" | "signal" | "onProgress">> & {
  readonly options?: ExportOptions;
  /** Which export, where the project has several. */
  readonly export?: string;
  readonly clock?: Clock;
  readonly environment?: Readonly<Record<string, string>>;
  readonly destination?: (real: ExportDestination) => ExportDestination;
  readonly warehouse?: (real: Connection) => Connection;
  readonly state?: (real: State) => State;
};

export class ExportProject {
  readonly directory: string;
  private runs = 0;
  private openState: State | undefined;
  private warehouse: Database | undefined;

  private readonly known = new KnownPeople();
  private readonly said: string[] = [];
  private writesPlain = false;
  private settings = "";
  private readonly declared: string[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(exportYaml: string = defaultExport, settings = defaultSettings): Promise<ExportProject> {
    const project = new ExportProject(await mkdtemp(join(tmpdir(), "retain-export-")));
    await project.write("retain.yml", settings);
    await project.write("exports/winback.yml", exportYaml);
    await project.build(peopleTable);
    await project.built("people");
    // So that tests can look into tables that no run has made yet.
    await openLedger((await project.openedState()).db);
    return project;
  }

  async write(path: string, text: string): Promise<void> {
    if (/plain: true/.test(text)) this.writesPlain = true;
    if (path === "retain.yml") this.settings = text;
    if (path.startsWith("exports/")) this.declared.push(text);
    const full = join(this.directory, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, text);
  }

  /** Changes the warehouse. */
  async build(sql: string): Promise<void> {
    this.known.gather(sql);
    await this.withWarehouse(async (connection) => {
      await connection.execute(sql);
      // Some tests make a model that cannot be read.
      const { rows } = await connection.query("select * from main.people limit 300").catch(() => ({ rows: [] as readonly Row[] }));
      for (const row of rows) for (const [column, value] of Object.entries(row)) this.known.know(column, value);
    });
  }

  /** One person a row, as SQL values. */
  async people(...rows: readonly string[]): Promise<void> {
    await this.build(`${peopleTable}; ${rows.length === 0 ? "" : `insert into main.people values ${rows.map((row) => `(${row})`).join(", ")}`}`);
  }

  async state<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
    return use((await this.openedState()).connection);
  }

  remembered(sql: string): Promise<readonly Row[]> {
    return this.state(async (connection) => (await connection.query(sql)).rows);
  }

  async plan(overrides: Overrides = {}) {
    return this.withRequest(overrides, planExport);
  }

  async run(overrides: Overrides = {}) {
    return this.withRequest(overrides, runExport);
  }

  async status(overrides: Overrides = {}) {
    return this.withRequest(overrides, async ({ resource, config, state, destination, now }) => ({
      value: await readStatus({ resource, config, state, destination, now, mostRuns: 10 }),
      diagnostics: [],
    }));
  }

  async check(overrides: Overrides = {}) {
    return (await this.withRequest(overrides, async (request) => ({ value: await checkDestination(request), diagnostics: [] }))).value;
  }

  /** Marks a model as built and tested, or as something else. */
  async built(model: string, status = "success", tested = "pass"): Promise<void> {
    await this.state((connection) => connection.execute(`delete from node_builds where unique_id = 'model.shop.${model}'`));
    await this.state((connection) =>
      connection.execute(`insert into node_builds values ('dev', 'model.shop.${model}', 'run', '${status}', '${tested}', '2026-06-30', null)`),
    );
  }

  /** The text that a diagnostic points at. */
  async pointedAt({ span }: Diagnostic): Promise<string | undefined> {
    return span && (await readFile(join(this.directory, span.file), "utf8")).slice(span.start, span.end);
  }

  /** Lines of an exported file without its header, sorted. */
  async exported(name: string): Promise<readonly string[]> {
    return (await readFile(join(this.directory, "target/exports", name), "utf8")).trimEnd().split("\n").slice(1).sort();
  }

  async files(): Promise<readonly string[]> {
    return (await readdir(join(this.directory, "target/exports")).catch(() => [])).sort();
  }

  /** Closes both databases, so that their files hold everything; they open again when they are needed. */
  close(): void {
    this.openState?.close();
    this.warehouse?.close();
    this.openState = undefined;
    this.warehouse = undefined;
  }

  /** Ends it, after a search for people in everything that it wrote, printed and returned. */
  async dispose(): Promise<void> {
    try {
      const leaks = await this.searchPlain();
      if (leaks.length > 0) throw new Error(`somebody is named in plain text in ${leaks.join(", ")}`);
    } finally {
      this.close();
      await rm(this.directory, { recursive: true, force: true });
    }
  }

  /** Where somebody is named; files for upload may, where the export asks for it. */
  async searchPlain(): Promise<readonly string[]> {
    const tables = await this.remembered("select table_name as name from information_schema.tables where table_schema = 'main'");
    const places = new Map<string, string>([["what was returned", this.said.join("\n")]]);
    for (const { name } of tables) places.set(`table ${name}`, JSON.stringify(await this.remembered(`select * from "${name}"`)));
    this.close();
    const isInput = (path: string) => /^(warehouse\.duckdb.*|retain\.yml|exports\/.*)$/.test(path) || (this.writesPlain && !path.startsWith(".retain/"));
    for (const [path, text] of await textsBelow(this.directory, isInput)) places.set(path, text);
    const secret = secretColumns(this.settings, this.declared);
    const names = (place: string, text: string) =>
      this.known.foundIn(text).length > 0 || this.known.valuesIn(text, secret, /\.(duckdb|parquet|wal)/.test(place)).length > 0;
    return [...places].filter(([place, text]) => names(place, text)).map(([place]) => place);
  }

  private async heard<T>(outcome: Promise<T>): Promise<T> {
    try {
      const value = await outcome;
      this.said.push(JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? String(item) : item)));
      return value;
    } catch (error) {
      this.said.push(error instanceof Error ? `${error.message}\n${error.stack}` : String(error));
      throw error;
    }
  }

  /** Erases somebody as the command does. */
  async forget(query: PersonQuery, overrides: Overrides = {}) {
    const { config, exports } = await this.load(overrides);
    const state = await this.openedState();
    const ledger = await openLedger(state.db);
    const destinationOf = (resource: AudienceExport, name: string) => {
      const real = name in config.project.destinations ? this.open(config, resource, name, overrides) : undefined;
      return real && (overrides.destination?.(real) ?? real);
    };
    const models = exports.map((resource) => ({
      resource,
      model: { uniqueId: "", name: resource.declaration.model, sql: `"main"."${resource.declaration.model}"` },
      platform: destinationOf(resource, resource.declaration.destination)?.destination.platform ?? "",
    }));
    const found = await this.withWarehouse((warehouse) => findPerson(ledger, warehouse, models, query, "2026-07-01"));
    const erasing = forgetPerson({
      config,
      state,
      exports,
      openDestination: destinationOf,
      memberKeys: found.memberKeys,
      runId: `erasure-${++this.runs}`,
      now: overrides.now ?? (() => new Date("2026-07-01T09:00:00Z")),
      signal: overrides.signal ?? new AbortController().signal,
    });
    return { ...(await this.heard(erasing)), found };
  }

  private async load(overrides: Overrides) {
    const loaded = await loadConfig({ cwd: this.directory, environment: overrides.environment ?? {} });
    const config = loaded.value.config;
    if (!config) throw new Error(loaded.diagnostics[0]?.message);
    const declarations = readDeclarations(config.files);
    const read = readExports(config, declarations.value.exports);
    const problem = [...declarations.diagnostics, ...read.diagnostics][0];
    if (problem) throw new Error(problem.message);
    return { config, exports: read.value };
  }

  private open(config: Config, resource: AudienceExport, name: string, overrides: Overrides): ExportDestination {
    const interpolated = interpolate(config.project.destinations[name], config.environment, config.yaml, ["destinations", name]);
    const opened = openDestination({
      exportName: resource.name,
      format: resource.declaration.format,
      exportSpan: resource.span,
      name,
      settings: interpolated.value,
      secrets: interpolated.secrets,
      yaml: config.yaml,
      projectDir: this.directory,
      clock: overrides.clock ?? fakeClock(),
      signal: overrides.signal ?? new AbortController().signal,
      onWait: () => undefined,
    });
    if (!opened.value) throw new Error(opened.diagnostics[0]?.message);
    return opened.value;
  }

  private async withRequest<T>(overrides: Overrides, use: (request: ExportRequest) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    return this.heard(this.request(overrides, use));
  }

  private async request<T>(overrides: Overrides, use: (request: ExportRequest) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const { config, exports } = await this.load(overrides);
    const resource = exports.find(({ name }) => overrides.export === undefined || name === overrides.export);
    if (!resource) throw new Error("no export");
    const signal = overrides.signal ?? new AbortController().signal;
    const real = this.open(config, resource, resource.declaration.destination, overrides);
    const relation = (name: string) => ({ uniqueId: `model.shop.${name}`, name, sql: `"main"."${name}"` });
    const state = await this.openedState();
    return this.withWarehouse((warehouse) =>
      use({
        resource,
        config,
        model: relation(resource.declaration.model),
        suppress: resource.declaration.suppress.map(relation),
        warehouse: overrides.warehouse?.(warehouse) ?? warehouse,
        releaseWarehouse: () => undefined,
        state: overrides.state?.(state) ?? state,
        destination: overrides.destination?.(real) ?? real,
        options: overrides.options ?? {},
        signal,
        normaliseThread,
        ...(overrides.onProgress && { onProgress: overrides.onProgress }),
        runId: overrides.runId === undefined ? `run-${++this.runs}` : overrides.runId,
        now: overrides.now ?? (() => new Date("2026-07-01T09:00:00Z")),
      }),
    );
  }

  private async withWarehouse<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
    this.warehouse ??= await this.openWarehouse();
    const connection = await this.warehouse.connect();
    try {
      return await use(connection);
    } finally {
      connection.close();
    }
  }

  private async openWarehouse(): Promise<Database> {
    const path = join(this.directory, "warehouse.duckdb");
    const opened = await duckdbEngine.open({ path, readOnly: false, settings: {}, extensions: [], attach: [], lockTimeoutSeconds: 1 });
    if (!opened.value) throw new Error(opened.diagnostics[0]?.message);
    return opened.value;
  }

  private async openedState(): Promise<State> {
    if (this.openState) return this.openState;
    const path = join(this.directory, ".retain/state.duckdb");
    const opened = await openState({ engine: duckdbEngine, kyselyDialect: createKyselyDialect, path, lockTimeoutSeconds: 1 });
    if (!opened.value) throw new Error(opened.diagnostics[0]?.message);
    this.openState = opened.value;
    return opened.value;
  }
}

/** Columns of the model that no export hands on as they are: all its values are hashed, or stay where they are. */
function secretColumns(settings: string, exports: readonly string[]): readonly string[] {
  const { destinations } = parse(settings) as { readonly destinations: Readonly<Record<string, { readonly type: string; readonly platform?: string }>> };
  const mapped = new Set<string>();
  const plain = new Set<string>();
  for (const declaration of exports.flatMap((text) => (parse(text) as { readonly exports: readonly ExportDeclaration[] }).exports)) {
    const { type, platform } = destinations[declaration.destination] ?? { type: "file" };
    const rules = identityPlatforms.get(declaration.format ?? platform ?? type) ?? identityPlatforms.get("meta");
    mapped.add(declaration.primary_key);
    for (const { key, detail } of identifierSources(declaration)) {
      mapped.add(detail.column);
      if (detail.plain || !rules?.keys.get(key)?.hashed) plain.add(detail.column);
    }
  }
  return [...mapped].filter((column) => !plain.has(column));
}

/** `CODE message` of each. */
export function messages({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): readonly string[] {
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}
