/** `--changed`: a table of edits, and for each what is built again and the sentence that says why. */
import { cpSync, rmSync, utimesSync } from "node:fs";
import { Readable } from "node:stream";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../../src/cli/program.ts";
import { FakePipe } from "../reporters/terminal.ts";
import { runIn } from "./in-process.ts";
import { type Project, projectIn, queryFile, temporaryFolder } from "./program-process.ts";

const files = {
  "retain.yml": `name: shop
default_target: dev
targets:
  dev:
    type: duckdb
    path: "\${WAREHOUSE:-dev.duckdb}"
    attach: [{path: crm.duckdb, alias: crm}]
  prod: {type: duckdb, path: prod.duckdb, attach: [{path: crm.duckdb, alias: crm}]}
vars: {as_of: "2026-01-01", unused: 1}
models: {marts: {materialized: table}}
`,
  "data/clicks_1.csv": "id,at\n1,2026-01-01\n",
  "seeds/raw.csv": "id,cents\n1,100\n2,250\n",
  "seeds/raw.yml": "seeds: [{name: raw, columns: [{name: id, data_type: integer, tests: [unique]}, {name: cents, data_type: integer}]}]\n",
  "models/sources.yml": `sources:
  - {name: web, tables: [{name: clicks, location: "data/clicks_*.csv"}]}
  - {name: crm, database: crm, schema: main, tables: [{name: people}, {name: visits, loaded_at_field: loaded_at}]}
`,
  "macros/m.yml": `macros:
  - {name: money, description: Cents to money., arguments: [{name: column}]}
  - {name: shout, arguments: [{name: text, type: string}]}
`,
  "macros/money.hbs": "({{column}} / 100)\n",
  "macros/text.mjs": "export function shout(text) { return `'${text.toUpperCase()}'`; }\n",
  "models/staging/stg.yml": `models:
  - name: stg
    sql: |
      -- from the shop
      select id, {{> money column="cents"}} as amount, {{shout "a"}} as word from {{ref "raw"}}
    columns: [{name: id, tests: [unique, not_null]}]
  - {name: inner_part, config: {materialized: ephemeral}, sql: 'select id, amount from {{ref "stg"}}'}
  - {name: clicks, sql: 'select * from {{source "web" "clicks"}}'}
  - {name: people, config: {materialized: table}, sql: 'select * from {{source "crm" "people"}}'}
  - {name: visits, config: {materialized: table}, sql: 'select * from {{source "crm" "visits"}}'}
`,
  "models/marts/marts.yml": `models:
  - name: orders
    description: Orders.
    sql: 'select id, amount from {{ref "inner_part"}} where date ''2026-01-01'' <= {{literal (var "as_of")}}'
    columns: [{name: id, tests: [{relationships: {to: ref('stg'), field: id}}]}, {name: amount, tests: [{accepted_range: {min_value: 0, name: range}}]}]
  - {name: total, sql: 'select sum(amount) as amount from {{ref "orders"}}'}
  - {name: region, sql: 'select {{literal (env "REGION" "kr")}} as region'}
`,
};

const everything = "raw stg clicks people visits orders total region".split(" ");
const tests = "unique_raw_id unique_stg_id not_null_stg_id relationships_orders_id__id__ref_stg_ range".split(" ");

/** Built, with nothing to do; and a copy to go back to. Files in place are read by their full paths, so that it stays where it is. */
let built: Project;
let kept: string;
function fresh(): Project {
  rmSync(built.directory, { recursive: true });
  cpSync(kept, built.directory, { recursive: true });
  return built;
}

beforeAll(async () => {
  built = projectIn(temporaryFolder());
  built.write(files);
  await crm(built, "create table people as select 1 as id; create table visits as select 1 as id, timestamp '2026-01-01' as loaded_at");
  expect(await runIn(built.directory, ["build", "-q"])).toMatchObject({ code: 0 });
  kept = built.copy().directory;
}, 60_000);

async function crm(project: Project, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(project.path("crm.duckdb"));
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

async function warehouse(project: Project, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(project.path("dev.duckdb"));
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

interface Said {
  readonly code: number | null;
  /** Why each node that was not left as it was, by name. */
  readonly again: Readonly<Record<string, string>>;
  readonly reused: readonly string[];
}

async function say(project: Project, parameters: readonly string[] = [], environment: Readonly<Record<string, string>> = {}, command = "build"): Promise<Said> {
  return read(await runIn(project.directory, [command, "--explain-changed", "--json", ...parameters], environment));
}

function read({ code, stdout, stderr }: { readonly code: number | null; readonly stdout: string; readonly stderr: string }): Said {
  if (stdout === "") throw new Error(stderr);
  const said = JSON.parse(stdout) as {
    readonly results: readonly { readonly name: string; readonly kind: string; readonly status: string; readonly reason: string | null }[];
  };
  // Operations belong to no node, and are gone through whenever there is something to do.
  const results = said.results.filter(({ kind }) => kind !== "operation");
  return {
    code,
    again: Object.fromEntries(results.filter(({ status }) => status !== "reused").map(({ name, reason }) => [name, String(reason)])),
    reused: results.filter(({ status }) => status === "reused").map(({ name }) => name),
  };
}

/** What stands below others says only that these are built again. */
const below = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, expect.stringContaining("is built again")]));

describe("nothing is built again", () => {
  test.each<[string, (project: Project) => unknown, (readonly string[])?, Readonly<Record<string, string>>?]>([
    ["when nothing changed", () => undefined],
    ["after a comment in SQL", (p) => p.edit("models/staging/stg.yml", "-- from the shop", "-- from our /* own */ shop")],
    ["after another layout of SQL", (p) => p.edit("models/marts/marts.yml", "select sum(amount)", "select\n      sum(amount) ")],
    ["after a description", (p) => p.edit("models/marts/marts.yml", "Orders.", "All orders.")],
    ["after a tag and a meta", (p) => p.edit("models/marts/marts.yml", "{name: total,", "{name: total, tags: [x], meta: {a: b},")],
    ["after a macro's description", (p) => p.edit("macros/m.yml", "Cents to money.", "From cents to money.")],
    ["after a variable that no SQL reads, in retain.yml", (p) => p.edit("retain.yml", "unused: 1", "unused: 2")],
    ["after a variable that no SQL reads, on the command line", () => undefined, ["--vars", "{unused: 2}"]],
    ["after a variable of the environment that no SQL reads", () => undefined, [], { OTHER: "x" }],
    ["after a variable that is given as it was", () => undefined, ["--vars", "{as_of: '2026-01-01'}"]],
    ["after a seed that was only touched", (p) => utimesSync(p.path("seeds/raw.csv"), new Date(), new Date())],
    ["after a source's file that was only touched", (p) => utimesSync(p.path("data/clicks_1.csv"), new Date(), new Date())],
    ["after a file beside those of a source", (p) => p.write({ "data/other.csv": "x\n1\n" })],
    ["with target/ gone", (p) => rmSync(p.path("target"), { recursive: true })],
    ["with another number of threads", () => undefined, ["--threads", "1"]],
  ])("%s", async (_, edit, parameters, environment) => {
    const project = fresh();
    await edit(project);
    const { code, again, reused } = await say(project, parameters, environment);
    expect([code, again]).toEqual([0, {}]);
    expect(reused.toSorted()).toEqual([...everything, ...tests].toSorted());
  });
});

describe("only what an edit reaches is built again", () => {
  test.each<[string, (project: Project) => unknown, Readonly<Record<string, unknown>>, (readonly string[])?, Readonly<Record<string, string>>?]>([
    ["SQL", (p) => p.edit("models/marts/marts.yml", "sum(amount)", "sum(amount) + 0"), { total: "its SQL changed" }],
    [
      "a macro's body",
      (p) => p.edit("macros/money.hbs", "/ 100", "/ 100.0"),
      {
        stg: 'its SQL changed; macro "money" changed',
        unique_stg_id: '"stg" is built again',
        not_null_stg_id: '"stg" is built again',
        ...below("orders", "relationships_orders_id__id__ref_stg_", "range", "total"),
      },
    ],
    [
      "a function's file",
      (p) => p.edit("macros/text.mjs", "export", "const unused = 1;\nexport"),
      { stg: 'macro "shout" changed', ...below("unique_stg_id", "not_null_stg_id", "orders", "relationships_orders_id__id__ref_stg_", "range", "total") },
    ],
    [
      "one byte of a seed",
      (p) => p.edit("seeds/raw.csv", "250", "251"),
      {
        raw: "its file changed",
        unique_raw_id: '"raw" is built again',
        ...below("stg", "unique_stg_id", "not_null_stg_id", "orders", "relationships_orders_id__id__ref_stg_", "range", "total"),
      },
    ],
    [
      "the type of a seed's column",
      (p) => p.edit("seeds/raw.yml", "{name: cents, data_type: integer}", "{name: cents, data_type: bigint}"),
      {
        raw: "its columns changed",
        ...below("unique_raw_id", "stg", "unique_stg_id", "not_null_stg_id", "orders", "relationships_orders_id__id__ref_stg_", "range", "total"),
      },
    ],
    [
      "a setting",
      (p) => p.edit("models/marts/marts.yml", "{name: total,", "{name: total, config: {materialized: view},"),
      { total: "it is not in the warehouse" },
    ],
    [
      "a setting of retain.yml",
      (p) => p.edit("models/marts/marts.yml", "{name: total,", "{name: total, config: {contract: {enforced: false}},"),
      { total: "its setting contract changed" },
    ],
    [
      "an alias",
      (p) => p.edit("models/marts/marts.yml", "{name: total,", "{name: total, config: {alias: sum_of_all},"),
      { total: "it is not in the warehouse" },
    ],
    [
      "descriptions that are written into the warehouse",
      (p) => p.edit("retain.yml", "{materialized: table}", "{materialized: table, persist_docs: {relation: true}}"),
      {
        orders: "its descriptions changed",
        total: expect.stringContaining("its descriptions changed"),
        region: "its descriptions changed",
        relationships_orders_id__id__ref_stg_: '"orders" is built again',
        range: '"orders" is built again',
      },
    ],
    [
      "an ephemeral model",
      (p) => p.edit("models/staging/stg.yml", "select id, amount from", "select id, amount + 0 as amount from"),
      { orders: "its SQL changed", ...below("relationships_orders_id__id__ref_stg_", "range", "total") },
    ],
    [
      "a variable that SQL reads",
      (p) => p.edit("retain.yml", 'as_of: "2026-01-01"', 'as_of: "2026-02-01"'),
      { orders: "its SQL changed", ...below("relationships_orders_id__id__ref_stg_", "range", "total") },
    ],
    [
      "the same on the command line",
      () => undefined,
      { orders: "its SQL changed", ...below("relationships_orders_id__id__ref_stg_", "range", "total") },
      ["--vars", "{as_of: '2026-02-01'}"],
    ],
    ["a variable of the environment that SQL reads", () => undefined, { region: "its SQL changed" }, [], { REGION: "us" }],
    ["a source's file", (p) => p.edit("data/clicks_1.csv", "1,2026", "2,2026"), { clicks: "source web.clicks has other data" }],
    ["one file more of a source", (p) => p.write({ "data/clicks_2.csv": "id,at\n2,2026-01-02\n" }), { clicks: "source web.clicks has other data" }],
    // Where nothing tells when rows were loaded, the whole file counts.
    ["rows of an attached table", (p) => crm(p, "insert into people values (2)"), { people: "source crm.people has other data" }],
    ["values of an attached table", (p) => crm(p, "update people set id = 3; checkpoint"), { people: "source crm.people has other data" }],
    [
      "rows of one that tells when they were loaded",
      (p) => crm(p, "insert into visits values (2, timestamp '2026-01-02')"),
      { people: expect.anything(), visits: "source crm.visits has other data" },
    ],
    [
      "a relation that somebody dropped",
      (p) => warehouse(p, "drop table orders"),
      { orders: "it is not in the warehouse", ...below("relationships_orders_id__id__ref_stg_", "range") },
    ],
    ["a table where a view was", (p) => warehouse(p, "drop view clicks; create table clicks as select 1 as id"), { clicks: "it is not in the warehouse" }],
    [
      "a new test, on what is published",
      (p) => p.edit("models/marts/marts.yml", "{accepted_range: {min_value: 0, name: range}}", "{accepted_range: {min_value: 0, name: range}}, not_null"),
      { not_null_orders_amount: "it has not passed before" },
    ],
    [
      "a test's severity",
      (p) => p.edit("models/marts/marts.yml", "min_value: 0, name: range", "min_value: 0, name: range, severity: warn"),
      { range: "its setting severity changed" },
    ],
    ["a test's argument", (p) => p.edit("models/marts/marts.yml", "min_value: 0", "min_value: -1"), { range: "it has not passed before" }],
    [
      "a new model",
      (p) => p.write({ "models/marts/more.yml": "models: [{name: more, sql: 'select * from {{ref \"total\"}}'}]\n" }),
      { more: "it was not built in this target before" },
    ],
    [
      "a model that reads something more",
      (p) => p.edit("models/marts/marts.yml", 'from {{ref "orders"}}', 'from {{ref "orders"}} cross join {{ref "region"}}'),
      { total: 'its SQL changed; it reads "region" now' },
    ],
  ])("%s", async (_, edit, expected, parameters, environment) => {
    const project = fresh();
    await edit(project);
    const { code, again, reused } = await say(project, parameters, environment);
    expect([code, again]).toEqual([0, expected]);
    expect(reused.length).toBeGreaterThan(0);
    // Then it is as it should be.
    expect((await say(project, parameters, environment)).again).toEqual({});
  });

  test("everything, with the warehouse gone, in another one, and in another target", async () => {
    const project = fresh();
    rmSync(project.path("dev.duckdb"));
    const gone = await say(project);
    expect(Object.keys(gone.again).toSorted()).toEqual([...everything, ...tests].toSorted());
    expect(new Set(everything.map((name) => gone.again[name]))).toEqual(new Set(["it is not in the warehouse"]));
    const elsewhere = await say(project, [], { WAREHOUSE: "other.duckdb" });
    expect(new Set(everything.map((name) => elsewhere.again[name]))).toEqual(new Set(["it was built in another warehouse"]));
    const prod = await say(project, ["-t", "prod"]);
    expect(new Set(everything.map((name) => prod.again[name]))).toEqual(new Set(["it was not built in this target before"]));
    const dryRun = await runIn(project.directory, ["build", "--changed", "--dry-run", "-t", "prod"]);
    expect(dryRun.stdout.split("\n")[0]).toBe("0 stages for build in target prod, 13 reused; nothing was run");
  });

  test("everything, by another version of retain", async () => {
    const project = fresh();
    const stdout = new FakePipe();
    await runCli(["build", "--explain-changed", "--json", "-s", "region"], "0.0.1", {
      cwd: project.directory,
      env: {},
      stdin: () => Readable.from([]),
      stdout,
      stderr: new FakePipe(),
    });
    expect(JSON.parse(stdout.text)).toMatchObject({ results: [{ name: "region", status: "success", reason: "another version of retain built it" }] });
  });
});

describe("what did not pass is never left as it is", () => {
  test("a model whose test failed, until it is built and passes", async () => {
    const project = fresh();
    project.edit("models/marts/marts.yml", "select id, amount from", "select id, amount - 100 as amount from");
    expect((await runIn(project.directory, ["build", "-q", "--indirect-selection", "buildable"])).code).toBe(1);
    // What is published is what was built and tested before; and still the last build counts.
    project.edit("models/marts/marts.yml", "select id, amount - 100 as amount from", "select id, amount from");
    const { again } = await say(project);
    expect(again).toEqual({ orders: "its last build failed", total: "its last build was skipped", ...below("relationships_orders_id__id__ref_stg_", "range") });
    expect((await say(project)).again).toEqual({});
  });

  test("a model that a later test found bad", async () => {
    const project = fresh();
    project.edit("models/marts/marts.yml", "min_value: 0", "min_value: 2");
    const first = await say(project);
    expect([first.code, first.again]).toEqual([1, { range: "it has not passed before" }]);
    const second = await say(project);
    expect([second.code, second.again["orders"]]).toEqual([1, "its tests failed"]);
  });

  test("a test that warned warns again, and its model stays", async () => {
    const project = fresh();
    project.edit("models/marts/marts.yml", "min_value: 0, name: range", "min_value: 2, name: range, severity: warn");
    expect((await say(project)).again).toEqual({ range: expect.anything() });
    const { code, again } = await say(project);
    expect([code, again]).toEqual([0, { range: "it has not passed before" }]);
  });

  test("a model that was built without its tests", async () => {
    const project = fresh();
    expect((await runIn(project.directory, ["run", "-q", "-s", "orders"])).code).toBe(0);
    expect((await say(project, [], {}, "run")).again).toEqual({});
    expect((await say(project)).again).toMatchObject({ orders: "not all of its tests have passed" });
  });

  test("what was built from a part of the data", async () => {
    const project = fresh();
    expect((await runIn(project.directory, ["build", "-q", "--sample", "1", "-s", "orders"])).code).toBe(0);
    expect((await say(project)).again).toMatchObject({ orders: "not all of its tests have passed" });
  });

  test("what depends on more than its inputs, and says on what", async () => {
    const project = fresh();
    project.write({
      "models/clock/clock.yml": `models:
  - {name: today_view, sql: 'select current_date as today, * from {{ref "orders"}}'}
  - {name: below_view, config: {materialized: table}, sql: 'select * from {{ref "today_view"}}', columns: [{name: id, tests: [not_null]}]}
  - {name: stamped, config: {materialized: table}, sql: "select {{literal run.started_at}} as at"}
  - {name: known, config: {materialized: table}, sql: "select {{literal run.invocation_id}} as run, 'now() random()' as text -- now()"}
  - {name: chance, config: {materialized: table}, sql: 'select random() as x'}
  - {name: after_chance, config: {materialized: table}, sql: 'select * from {{ref "chance"}}'}
  - {name: raw_name, config: {materialized: table}, sql: 'with orders as (select * from {{ref "orders"}}) select region from orders cross join main.region'}
  - {name: raw_file, config: {materialized: table}, sql: "select count(*) as n from glob('*.nothing')"}
`,
    });
    await runIn(project.directory, ["build", "-q"]);
    expect((await say(project)).again).toEqual({
      below_view: "it depends on current_date, which is different each time",
      not_null_below_view_id: '"below_view" is built again',
      stamped: "it depends on run.started_at, which is different each time",
      chance: "it depends on random(), which is different each time",
      after_chance: '"chance" is built again',
      raw_name: "it reads region without ref or source",
      raw_file: "it reads glob() without ref or source",
    });
  });

  test("what reads a node of another warehouse", async () => {
    const project = fresh();
    await runIn(project.directory, ["build", "-q", "-t", "prod", "-s", "+stg"]);
    await warehouse(project, "drop view clicks; drop view stg");
    const deferred = () => say(project, ["-s", "orders", "--defer-target", "prod"], {}, "run");
    expect((await deferred()).again["orders"]).toContain('"stg" is read from another warehouse');
    expect((await deferred()).again["orders"]).toContain('"stg" is read from another warehouse');
  });
});

describe("with a selection", () => {
  test("what is not selected counts as it was built last", async () => {
    const project = fresh();
    project.edit("models/marts/marts.yml", "select id, amount from", "select id, amount + 1 as amount from");
    expect((await say(project, ["-s", "total"])).again).toEqual({});
    expect((await say(project, ["-s", "orders"])).again).toMatchObject({ orders: "its SQL changed" });
    const { again } = await say(project, ["-s", "total"]);
    expect(again).toEqual({ total: '"orders" was built again since' });
    // Building the same again makes no other rows, so nobody has to follow.
    await runIn(project.directory, ["build", "-q", "-s", "orders"]);
    expect((await say(project)).again).toEqual({});
  });

  test("test --changed runs the tests of what changed", async () => {
    const project = fresh();
    expect((await say(project, [], {}, "test")).again).toEqual({});
    project.edit("seeds/raw.csv", "250", "251");
    await runIn(project.directory, ["seed", "-q"]);
    const { code, again } = await say(project, [], {}, "test");
    expect([code, again]).toEqual([0, { unique_raw_id: '"raw" was built again since' }]);
  });

  test("incremental models, snapshots and models in JavaScript are left as they are, too", async () => {
    const project = fresh();
    project.write({
      "models/more/more.yml": `models:
  - name: grown
    config: {materialized: incremental, incremental_strategy: append}
    sql: 'select id from {{ref "orders"}}{{#if (is_incremental)}} where id > (select max(id) from {{this}}){{/if}}'
  - {name: scripted, refs: [orders], columns: [{name: id, data_type: integer}]}
snapshots:
  - name: history
    relation: ref('orders')
    config: {strategy: check, unique_key: id, check_cols: [amount]}
`,
      "models/more/scripted.mjs":
        "import { step } from './parts/index.mjs';\nexport default async ({ ref }) => {\n  let id = 0;\n  for await (const _ of ref('orders').batches()) id += step;\n  return [{ id }];\n};\n",
      "models/more/parts/index.mjs": 'export { step } from "./step.mjs";\n',
      "models/more/parts/step.mjs": "export const step = 1;\n",
    });
    // Models in JavaScript run in a worker of the built program.
    const again = async (...parameters: readonly string[]) => read(await project.run("build", "--explain-changed", "--json", ...parameters));
    const first = await project.run("build", "-q");
    if (first.code !== 0) throw new Error(first.stderr);
    const same = await again();
    expect([same.again, same.reused.length]).toEqual([{}, everything.length + tests.length + 3]);
    expect((await again("--full-refresh")).again["grown"]).toBe("--full-refresh makes it anew");
    project.edit("models/more/scripted.mjs", "id += step", "id += step + 0");
    expect((await again()).again).toEqual({ scripted: "its file changed" });
    project.edit("models/more/parts/step.mjs", "1", "2");
    expect((await again()).again).toEqual({ scripted: "its file changed" });
    project.edit("seeds/raw.csv", "250", "252");
    expect((await again()).again).toMatchObject({
      grown: '"orders" is built again',
      scripted: '"orders" is built again',
      history: '"orders" is built again',
    });
  });
});

/** What others built around a node: hooks, operations, settings of the database, files, versions, unit tests. */
describe("all that takes part in a node", () => {
  const more = {
    "models/more/more.yml": `models:
  - name: hooked
    config: {materialized: table, post_hook: "insert into {{this}} values (9) -- nine"}
    sql: 'select id from {{ref "orders"}}'
  - name: files
    config: {materialized: external, location: out/files.csv, format: csv}
    sql: 'select id from {{ref "orders"}}'
  - name: priced
    latest_version: 2
    config: {materialized: table}
    versions: [{v: 1}, {v: 2}]
    columns: [{name: id}]
  - {name: reads_first, config: {materialized: table}, sql: 'select * from {{ref "priced" v=1}}'}
unit_tests:
  - name: sums
    model: total
    given: [{input: ref('orders'), rows: [{amount: 1}, {amount: 2}]}]
    expect: {rows: [{amount: 3}]}
  - {name: nothing, model: region, given: [], expect: {format: csv, fixture: regions}}
`,
    "models/more/priced_v1.sql": 'select id from {{ref "raw"}}',
    "models/more/priced_v2.sql": 'select id, cents from {{ref "raw"}}',
    "test/data/fixtures/regions.csv": "region\nkr\n",
  };
  const names = "hooked files priced.v1 priced.v2 reads_first sums nothing".split(" ");
  let base: string;
  beforeAll(async () => {
    const project = fresh();
    project.write(more);
    project.edit("retain.yml", "vars:", 'on_run_start: ["create or replace macro twice(x) as x * 2 -- two"]\non_run_end: ["select 1"]\nvars:');
    expect(await runIn(project.directory, ["build", "-q"])).toMatchObject({ code: 0 });
    base = project.copy().directory;
  });
  const all = [...everything, ...tests, ...names].toSorted();

  test.each<[string, (project: Project) => unknown, Readonly<Record<string, unknown>> | string]>([
    ["nothing changed", () => undefined, {}],
    ["a comment in a hook", (p) => p.edit("models/more/more.yml", "-- nine", "-- 9"), {}],
    ["a comment in an operation", (p) => p.edit("retain.yml", "-- two", "-- 2"), {}],
    ["an operation that runs at the end", (p) => p.edit("retain.yml", "select 1", "select 2"), {}],
    ["a setting that is about speed", (p) => p.edit("retain.yml", "type: duckdb\n", "type: duckdb\n    settings: {memory_limit: 2GB}\n"), {}],
    ["a hook", (p) => p.edit("models/more/more.yml", "(9)", "(8)"), { hooked: "its hooks changed" }],
    [
      "a new hook",
      (p) => p.edit("models/more/more.yml", "{name: reads_first, config: {", '{name: reads_first, config: {pre_hook: "select 1", '),
      { reads_first: "its hooks changed" },
    ],
    ["an operation that runs first", (p) => p.edit("retain.yml", "x * 2", "x * 3"), "on_run_start changed"],
    [
      "a setting of the database",
      (p) => p.edit("retain.yml", "type: duckdb\n", "type: duckdb\n    settings: {default_null_order: nulls_first}\n"),
      "the settings of the database changed",
    ],
    ["files that somebody removed", (p) => rmSync(p.path("out"), { recursive: true }), { files: "its files are not there" }],
    ["another place for files", (p) => p.edit("models/more/more.yml", "out/files.csv", "out/others.csv"), { files: "its files are not there" }],
    ["a version", (p) => p.edit("models/more/priced_v1.sql", "id", "id + 0 as id"), { "priced.v1": "its SQL changed", ...below("reads_first") }],
    ["another version", (p) => p.edit("models/more/priced_v2.sql", "cents", "cents + 0 as cents"), { "priced.v2": "its SQL changed" }],
    ["the latest version", (p) => p.edit("models/more/more.yml", "latest_version: 2", "latest_version: 1"), {}],
    [
      "a row of a unit test",
      (p) => p.edit("models/more/more.yml", "{amount: 2}]}", "{amount: 2}, {amount: 0}]}"),
      { sums: "its rows changed, or the query that it is run on" },
    ],
    ["the layout of a fixture", (p) => p.write({ "test/data/fixtures/regions.csv": 'region\n"kr"\n\n' }), {}],
    [
      "a fixture, and what goes with it",
      (p) => {
        p.write({ "test/data/fixtures/regions.csv": "region\nus\n" });
        p.edit("models/more/more.yml", "given: []", "overrides: {env_vars: {REGION: us}}, given: []");
      },
      { nothing: "its rows changed, or the query that it is run on" },
    ],
    [
      "a model with unit tests",
      (p) => p.edit("models/marts/marts.yml", "sum(amount) as", "sum(amount) + 0 as"),
      { total: "its SQL changed", sums: '"total" is built again' },
    ],
  ])("%s", async (_, edit, expected) => {
    const project = fresh();
    rmSync(project.directory, { recursive: true });
    cpSync(base, project.directory, { recursive: true });
    await edit(project);
    const { code, again, reused } = await say(project);
    expect(code).toBe(0);
    // A sentence alone is that of every node.
    if (typeof expected === "string") expect([reused, new Set(everything.map((name) => again[name]?.includes(expected)))]).toEqual([[], new Set([true])]);
    else expect(again).toEqual(expected);
    if (Object.keys(again).length === 0) expect(reused.toSorted()).toEqual(all);
    expect((await say(project)).again).toEqual({});
  });
});

test("in memory nothing can be left as it is, and that is said", async () => {
  const project = fresh();
  project.edit("retain.yml", "  prod:", '  memory: {type: duckdb, path: ":memory:"}\n  prod:');
  const { code, stderr, stdout } = await runIn(project.directory, ["build", "--changed", "-t", "memory", "-s", "raw"]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("2 ok")]);
  expect(stderr).toContain('info[RT0510]: target "memory" is in memory');
});

test("a model that is left as it is stays fit for export, and is in the results as reused", async () => {
  const project = fresh();
  const rows = () => queryFile(project.path(".retain/state.duckdb"), "select unique_id, status, tested, invocation_id from node_builds order by 1");
  const before = await rows();
  const { code, stderr, stdout } = await runIn(project.directory, ["build", "--changed"]);
  expect([code, stderr]).toEqual(
    [0, "retain build: shop, target dev, 4 threads\n  reused raw, clicks, people, visits and 4 more models, and 5 tests\n\n"].map((text) =>
      typeof text === "string" ? expect.stringContaining("reused") : text,
    ),
  );
  expect(stdout).toMatch(/^Build succeeded in .*: 13 reused\n$/);
  expect(await rows()).toEqual(before);
  expect(new Set(before.map(({ status, tested }) => `${status} ${tested}`))).toEqual(new Set(["success pass"]));
  const results = JSON.parse(project.read("target/run_results.json")) as {
    readonly results: readonly { readonly status: string; readonly timing: readonly unknown[] }[];
  };
  expect(results.results.map(({ status, timing }) => [status, timing.length])).toEqual(Array.from({ length: 13 }, () => ["reused", 0]));
});
