/** Projects for these tests: files in a temporary folder, taken through the real stages. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { duckdbDialect } from "../../src/adapters/duckdb/dialect.ts";
import { createManifest } from "../../src/artifacts/manifest.ts";
import { compileProject } from "../../src/compile/compile-project.ts";
import type { CompiledProject } from "../../src/compile/compiled.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { hasErrors } from "../../src/core/diagnostic.ts";
import { buildGraph, type Graph } from "../../src/graph/graph.ts";
import { parseProject } from "../../src/parse/parse-project.ts";

export const invocation = {
  invocationId: "0f0e0d0c-0b0a-4908-8706-050403020100",
  startedAt: "2026-07-01T00:00:00.000Z",
  generatedAt: "2026-07-01T00:00:01.500Z",
};

export interface Built {
  readonly directory: string;
  readonly config: Config;
  readonly graph: Graph;
  readonly compiled: CompiledProject;
}

export type Files = Readonly<Record<string, string>>;

export const settings = "name: shop\ntargets: {dev: {type: duckdb, path: warehouse.duckdb}}\n";

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "retain-artifacts-"));
}

/** Builds the project and removes its folder; all that the artifacts need is in the values. */
export async function build(files: Files, environment: Readonly<Record<string, string>> = {}): Promise<Built> {
  const directory = temporaryFolder();
  try {
    for (const [path, text] of Object.entries({ "retain.yml": settings, ...files })) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const loaded = await loadConfig({ cwd: directory, environment });
    const { config } = loaded.value;
    if (!config) throw new Error(JSON.stringify(loaded.diagnostics));
    const parsed = parseProject(config);
    const graph = buildGraph(config.project.name, parsed.value);
    const compiled = compileProject(graph.value, config, { dialect: duckdbDialect, invocation });
    const diagnostics = [...loaded.diagnostics, ...parsed.diagnostics, ...graph.diagnostics, ...compiled.diagnostics];
    if (hasErrors(diagnostics)) throw new Error(JSON.stringify(diagnostics, null, 2));
    return { directory, config, graph: graph.value, compiled: compiled.value };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A manifest as a reader sees it: through JSON. */
// biome-ignore lint/suspicious/noExplicitAny: readers of JSON know no types
export type Read = Record<string, any>;

export function manifestOf(built: Built, compiled: CompiledProject | undefined = built.compiled): Read {
  const { config, graph } = built;
  return read(createManifest({ config, graph, compiled, invocation, catalogName: "warehouse", version: "9.8.7" }));
}

export function read(value: unknown): Read {
  return JSON.parse(JSON.stringify(value)) as Read;
}

/** A shop with one of everything. */
export const shop: Files = {
  "retain.yml": `name: shop
targets: {dev: {type: duckdb, path: warehouse.duckdb}}
destinations: {files: {type: file, directory: out, access_token: "very-secret-token"}}
models: {staging: {materialized: view, tags: [staging], meta: {team: crm}}}
`,
  "models/staging/stg_orders.sql": 'select *, {{> cents column="amount"}} as total from {{ref "raw_orders"}}',
  "models/staging/stg.yml": `models:
  - name: stg_orders
    description: Orders, one row each.
    config: {contract: {enforced: true}, tags: [nightly], docs: {node_color: "#aabbcc"}}
    columns:
      - {name: order_id, data_type: integer, description: The order., tests: [unique, not_null]}
      - {name: email, data_type: varchar, pii: email, meta: {source: form}, tests: [{matches_pattern: {pattern: "@", where: "email is not null", severity: warn}}]}
      - {name: status, data_type: varchar, tests: [{accepted_values: {values: [paid, refunded], name: "status / known?"}}, {relationships: {to: ref('raw_statuses'), field: status}}]}
    tests: [{unique_combination: {columns: [order_id, status]}}]
  - name: only_paid
    config: {materialized: ephemeral}
    sql: "select * from {{ref 'stg_orders'}} where status = 'paid'"
  - name: off
    config: {enabled: false}
    columns: [{name: a, tests: [not_null]}]
    sql: select 1 as a
`,
  "models/marts/매출.yml": `models:
  - name: sales
    config: {materialized: table, alias: 매출, schema: mart}
    sql: "select '한글' as 이름, sum(total) as total from {{ref 'only_paid'}}"
  - name: people
    sql: select 1 as person_id
    columns: [{name: person_id, tests: [{positive: {than: 0, store_failures: true}}]}]
  - name: unwanted
    sql: select 2 as person_id
  - name: from_files
    sql: "select * from {{source 'lake' 'visits'}} join {{source 'crm' 'accounts'}} using (id)"
sources:
  - name: lake
    description: Files.
    tables: [{name: visits, location: "data/*.csv", options: {header: true}, columns: [{name: id, data_type: integer, tests: [not_null]}]}]
  - {name: crm, database: crm_db, schema: public, tables: [{name: accounts, identifier: Accounts, loaded_at_field: updated_at}]}
exposures:
  - {name: board, type: dashboard, owner: {email: a@example.com}, url: "https://example.com", depends_on: ["ref('sales')", "source('crm', 'accounts')"]}
`,
  "models/all.yml": "models: []\n",
  "macros/macros.yml": `macros:
  - {name: cents, description: Cents to money., arguments: [{name: column, type: string}, {name: scale, type: number, default: 2}]}
  - {name: shout, arguments: [{name: text, type: string}]}
  - {name: positive, kind: test, arguments: [{name: than, type: number}]}
`,
  "macros/cents.hbs": "({{column}} / 1e{{scale}})\n",
  "macros/positive.hbs": "select * from {{model}} where {{column_name}} <= {{than}}\n",
  "macros/shout.mjs": "export function shout({ text }) { return text.toUpperCase(); }\n",
  "seeds/raw_orders.csv": "order_id,email,status,amount\n1,a@example.com,paid,100\n",
  "seeds/raw_statuses.csv": "status\npaid\n",
  "seeds/seeds.yml": "seeds: [{name: raw_orders, config: {column_types: {order_id: integer}}, columns: [{name: order_id}]}]\n",
  "test/data/no_negative_sales.sql": '-- config: {severity: warn}\nselect * from {{ref "sales"}} where total < 0\n',
  "exports/people.yml": `exports:
  - {name: people_file, description: Everybody., model: people, primary_key: person_id, destination: files, audience: {name: People}, identifiers: {EXTERN_ID: person_id}, suppress: [unwanted], meta: {owner: CRM}, tags: [ads]}
`,
};
