/** A small project in a temporary folder for the tests of exports: a real warehouse, a real state database, real files. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { duckdbEngine } from "../../src/adapters/duckdb/engine.ts";
import { createKyselyDialect } from "../../src/adapters/duckdb/kysely-dialect.ts";
import { interpolate } from "../../src/config/interpolate.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Diagnostic, Outcome } from "../../src/core/diagnostic.ts";
import { openDestination } from "../../src/destinations/registry.ts";
import type { ExportDestination, ExportRequest } from "../../src/export/export-request.ts";
import { planExport } from "../../src/export/plan-export.ts";
import { runExport } from "../../src/export/run-export.ts";
import { readExports } from "../../src/parse/exposures.ts";
import { readDeclarations } from "../../src/parse/read-declarations.ts";
import type { Connection, Row } from "../../src/ports/engine.ts";
import { openState } from "../../src/run/state/open-state.ts";

const settings = `name: shop
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

type Overrides = Partial<Pick<ExportRequest, "now" | "runId">> & {
  readonly destination?: (real: ExportDestination) => ExportDestination;
  readonly warehouse?: (real: Connection) => Connection;
};

export class ExportProject {
  readonly directory: string;
  private runs = 0;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(exportYaml: string = defaultExport): Promise<ExportProject> {
    const project = new ExportProject(await mkdtemp(join(tmpdir(), "retain-export-")));
    await project.write("retain.yml", settings);
    await project.write("exports/winback.yml", exportYaml);
    await project.build(peopleTable);
    await project.built("people");
    return project;
  }

  async write(path: string, text: string): Promise<void> {
    const full = join(this.directory, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, text);
  }

  /** Changes the warehouse. */
  async build(sql: string): Promise<void> {
    await this.withWarehouse(false, (connection) => connection.execute(sql));
  }

  /** One person a row, as SQL values. */
  async people(...rows: readonly string[]): Promise<void> {
    await this.build(`${peopleTable}; ${rows.length === 0 ? "" : `insert into main.people values ${rows.map((row) => `(${row})`).join(", ")}`}`);
  }

  async state<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
    const opened = await openState(this.stateOptions());
    if (!opened.value) throw new Error(opened.diagnostics[0]?.message);
    try {
      return await use(opened.value.connection);
    } finally {
      opened.value.close();
    }
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

  async dispose(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  private async withRequest<T>(overrides: Overrides, use: (request: ExportRequest) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const loaded = await loadConfig({ cwd: this.directory, environment: {} });
    const config = loaded.value.config;
    if (!config) throw new Error(loaded.diagnostics[0]?.message);
    const declarations = readDeclarations(config.files);
    const read = readExports(config, declarations.value.exports);
    const problem = [...declarations.diagnostics, ...read.diagnostics][0];
    const resource = read.value[0];
    if (problem || !resource) throw new Error(problem?.message ?? "no export");
    const interpolated = interpolate(config.project.destinations["files"], config.environment, config.yaml, ["destinations", "files"]);
    const opened = openDestination({
      exportName: resource.name,
      format: resource.declaration.format,
      exportSpan: resource.span,
      name: "files",
      settings: interpolated.value,
      secrets: interpolated.secrets,
      yaml: config.yaml,
      projectDir: this.directory,
    });
    const real = opened.value;
    if (!real) throw new Error(opened.diagnostics[0]?.message);
    const relation = (name: string) => ({ uniqueId: `model.shop.${name}`, name, sql: `"main"."${name}"` });
    const state = await openState(this.stateOptions());
    if (!state.value) throw new Error(state.diagnostics[0]?.message);
    const openedState = state.value;
    try {
      return await this.withWarehouse(true, (warehouse) =>
        use({
          resource,
          config,
          model: relation(resource.declaration.model),
          suppress: resource.declaration.suppress.map(relation),
          warehouse: overrides.warehouse?.(warehouse) ?? warehouse,
          state: openedState,
          destination: overrides.destination?.(real) ?? real,
          runId: overrides.runId === undefined ? `run-${++this.runs}` : overrides.runId,
          now: overrides.now ?? (() => new Date("2026-07-01T09:00:00Z")),
        }),
      );
    } finally {
      openedState.close();
    }
  }

  private async withWarehouse<T>(readOnly: boolean, use: (connection: Connection) => Promise<T>): Promise<T> {
    const opened = await duckdbEngine.open({
      path: join(this.directory, "warehouse.duckdb"),
      readOnly,
      settings: {},
      extensions: [],
      attach: [],
      lockTimeoutSeconds: 1,
    });
    if (!opened.value) throw new Error(opened.diagnostics[0]?.message);
    const connection = await opened.value.connect();
    try {
      return await use(connection);
    } finally {
      connection.close();
      opened.value.close();
    }
  }

  private stateOptions() {
    return { engine: duckdbEngine, kyselyDialect: createKyselyDialect, path: join(this.directory, ".retain/state.duckdb"), lockTimeoutSeconds: 1 };
  }
}

/** `CODE message` of each. */
export function messages({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): readonly string[] {
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}
