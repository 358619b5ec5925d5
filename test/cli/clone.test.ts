/** `clone`: relations of one target out of those in another warehouse, without running a model. */
import { renameSync, rmSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { runIn } from "./in-process.ts";
import { hashOf, type Project, projectIn, queryFile, temporaryFolder } from "./program-process.ts";

const files = {
  "retain.yml": `name: shop
default_target: dev
targets:
  dev: {type: duckdb, path: dev.duckdb, schema: work}
  prod: {type: duckdb, path: "\${PROD_PATH:-prod.duckdb}", schema: gold}
  beside: {type: duckdb, path: prod.duckdb, schema: feature}
  ci: {type: duckdb, path: ":memory:"}
models: {+persist_docs: {relation: true, columns: true}}
`,
  "seeds/raw.csv": "id,v,at\n1,a,2026-01-01\n2,b,2026-01-02\n",
  "seeds/raw.yml":
    "seeds: [{name: raw, config: {event_time: at}, columns: [{name: id, data_type: integer}, {name: v, data_type: varchar}, {name: at, data_type: timestamp}]}]\n",
  "models/m.yml": `models:
  - name: stg
    description: It's staged.
    columns: [{name: id, description: The key.}]
    sql: |
      with raw as (select id, v from {{ref "raw"}})
      select raw.*, 9007199254740993 as big, '"schema_name":"gold","table_name":"raw"' as text from raw
  - {name: inner_part, config: {materialized: ephemeral}, sql: 'select * from {{ref "stg"}}'}
  - name: mart
    description: Sold.
    config: {materialized: table, alias: "a mart (x)", post_hook: ['create unique index "by (v)" on {{this}} (v, (id + 1))'], contract: {enforced: true}}
    constraints: [{type: primary_key, columns: [id]}]
    columns: [{name: id, data_type: integer, tests: [unique]}, {name: v, data_type: varchar, constraints: [{type: not_null}]}]
    sql: 'select id, v from {{ref "inner_part"}}'
  - {name: fixed, config: {materialized: table, schema: fixed}, sql: 'select 7 as seven'}
  - {name: files, config: {materialized: external, location: out/f.parquet}, sql: 'select id from {{ref "mart"}}'}
  - {name: top, sql: 'select m.id, seven from {{ref "mart"}} as m join {{ref "files"}} using (id) cross join {{ref "fixed"}}'}
  - {name: frozen, config: {materialized: incremental, unique_key: id, full_refresh: false}, sql: 'select id from {{ref "raw"}}'}
  - name: daily
    config: {materialized: incremental, incremental_strategy: microbatch, event_time: at, begin: "2026-01-01", batch_size: day}
    sql: 'select * from {{ref "raw"}}'
snapshots:
  - {name: history, relation: ref('mart'), config: {strategy: check, unique_key: id, check_cols: [v]}}
`,
};

const names = "raw stg mart fixed files top frozen daily history".split(" ");

/** Built in prod, whose artifacts are in `state/`; nothing is built elsewhere. */
let base: Project;
beforeAll(async () => {
  base = projectIn(temporaryFolder());
  base.write(files);
  expect(await runIn(base.directory, ["build", "-q", "-t", "prod", "--event-time-end", "2026-01-03"])).toMatchObject({ code: 0 });
  renameSync(base.path("target"), base.path("state"));
});

const clone = (project: Project, ...parameters: readonly string[]) => runIn(project.directory, ["clone", ...parameters]);
const dev = (project: Project, sql: string) => queryFile(project.path("dev.duckdb"), sql);
const problems = (stderr: string) => stderr.split("\n").filter((line) => /^(error|warning|info)\[|^ +-->|^ +=/.test(line));
async function statuses(project: Project, ...parameters: readonly string[]) {
  const { code, stdout, stderr } = await clone(project, "--json", ...parameters);
  if (stdout === "") throw new Error(stderr);
  const { results } = JSON.parse(stdout) as { readonly results: readonly { readonly name: string; readonly status: string }[] };
  const by = (wanted: string) => results.filter(({ status }) => status === wanted).map(({ name }) => name);
  return { code, done: by("success"), kept: by("reused"), failed: by("error") };
}

describe("what is cloned", () => {
  test.each([
    ["from another target", ["--from", "prod"]],
    ["from the warehouse of --state", ["--state", "state"]],
  ])("is the same as there, %s", async (_, flags) => {
    const project = base.copy();
    // No model is run: this one could not be.
    project.edit("models/m.yml", "select id, v from {{ref", "select 1 / 'x' as broken, id, v from {{ref");
    const before = hashOf(project.path("prod.duckdb"));
    const { code, stderr, stdout } = await clone(project, ...flags);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Clone succeeded in .*: 9 ok\n$/)]);
    expect(stderr.replace(/\d+\.\d+s/g, "0.00s")).toContain(`  ok    table  mart                                            0.00s  2 rows\n`);
    expect(hashOf(project.path("prod.duckdb"))).toBe(before);
    rmSync(project.path("prod.duckdb"));
    const tables =
      "select table_schema || '.' || table_name as name, table_type as type from information_schema.tables where table_schema <> 'retain_memory' order by 1";
    expect((await dev(project, tables)).map(({ name, type }) => `${name} ${type}`)).toEqual(
      [
        "fixed.fixed BASE TABLE",
        "work.a mart (x) BASE TABLE",
        "work.daily BASE TABLE",
        "work.files BASE TABLE",
        "work.frozen BASE TABLE",
        "work.history BASE TABLE",
      ].concat(["work.raw BASE TABLE", "work.stg VIEW", "work.top VIEW"]),
    );
    expect(await dev(project, "select * from work.stg order by id limit 1")).toEqual([
      { id: 1, v: "a", big: "9007199254740993", text: '"schema_name":"gold","table_name":"raw"' },
    ]);
    expect(await dev(project, "select * from work.top order by 1")).toEqual([1, 2].map((id) => ({ id, seven: 7 })));
    expect(await dev(project, 'select id, v from work."a mart (x)" order by 1')).toEqual([
      { id: 1, v: "a" },
      { id: 2, v: "b" },
    ]);
    expect(
      (await dev(project, "select constraint_text from duckdb_constraints() where table_name = 'a mart (x)' order by 1")).map((row) => row["constraint_text"]),
    ).toEqual(["NOT NULL", "NOT NULL", "PRIMARY KEY(id)"]);
    expect(await dev(project, "select schema_name || '.' || index_name as name, is_unique, sql from duckdb_indexes()")).toEqual([
      { name: "work.by (v)", is_unique: true, sql: 'CREATE UNIQUE INDEX "by (v)" ON "work"."a mart (x)"(v, ((id + 1)));' },
    ]);
    const comments =
      "select view_name as name, comment from duckdb_views() where comment is not null union select table_name, comment from duckdb_tables() where comment is not null union select column_name, comment from duckdb_columns() where comment is not null order by 1";
    expect(await dev(project, comments)).toEqual([
      { name: "a mart (x)", comment: "Sold." },
      { name: "id", comment: "The key." },
      { name: "stg", comment: "It's staged." },
    ]);
    expect(await dev(project, "select relation, count(*)::int as days from retain_memory.batches group by all")).toEqual([{ relation: "work.daily", days: 2 }]);
  });

  test("is only what is selected, and goes on as if it had been built here", async () => {
    const project = base.copy();
    expect(await statuses(project, "--from", "prod", "raw", "daily", "history", "mart", "stg")).toMatchObject({
      code: 0,
      done: "raw stg daily mart history".split(" "),
    });
    project.write({ "seeds/raw.csv": "id,v,at\n1,a,2026-01-01\n2,c,2026-01-02\n3,d,2026-01-03\n" });
    expect(await runIn(project.directory, ["build", "-q", "-s", "raw", "mart", "history", "daily", "stg", "--event-time-end", "2026-01-04"])).toMatchObject({
      code: 0,
    });
    expect(await dev(project, "select v from work.history order by id, dbt_valid_from")).toEqual(["a", "b", "c", "d"].map((v) => ({ v })));
    // Of the batches that were done there, only the last ones are done again.
    expect(await dev(project, "select count(*)::int as n from work.daily")).toEqual([{ n: 3 }]);
  });

  test("counts as not tested, and --changed does not take it for its own", async () => {
    const project = base.copy();
    expect((await clone(project, "--from", "prod", "-q")).code).toBe(0);
    const rows = await queryFile(
      project.path(".retain/state.duckdb"),
      "select tested, status from node_builds where target = 'dev' and unique_id = 'model.shop.mart'",
    );
    expect(rows).toEqual([{ tested: "untested", status: "success" }]);
    const { stdout } = await runIn(project.directory, ["build", "--explain-changed", "--json", "-s", "mart"]);
    expect(JSON.parse(stdout)).toMatchObject({
      results: [{ status: "pass" }, { name: "mart", status: "success", reason: "not all of its tests have passed" }],
    });
  });

  test("stays a part of the data if it is one there: no export may send it, and the next build makes it anew", async () => {
    const project = base.copy();
    expect(await runIn(project.directory, ["build", "-q", "-t", "prod", "--sample", "1", "-s", "daily", "stg", "raw"])).toMatchObject({ code: 0 });
    const message = "it was built with --empty or --sample, from a part of its inputs";
    for (const from of [
      ["--from", "prod"],
      ["--state", "state", "-f"],
    ]) {
      const { stdout } = await clone(project, ...from, "--json", "-s", "raw", "daily", "stg", "mart");
      const results = (JSON.parse(stdout) as { readonly results: readonly { readonly name: string; readonly message: string }[] }).results;
      // Of views, only the target's own state knows.
      expect(results.filter((node) => node.message === message).map(({ name }) => name)).toEqual(from[0] === "--from" ? ["raw", "stg", "daily"] : ["daily"]);
      expect(await dev(project, "from retain_memory.partial_relations")).toEqual([{ relation: "work.daily" }]);
      expect(await dev(project, "select count(*)::int as n from work.daily")).toEqual([{ n: 1 }]);
    }
    const tested = await queryFile(
      project.path(".retain/state.duckdb"),
      "select distinct tested from node_builds where target = 'dev' and unique_id like '%.daily'",
    );
    expect(tested).toEqual([{ tested: "untested" }]);
    const build = await runIn(project.directory, ["build", "-q", "-s", "raw", "daily", "--event-time-end", "2026-01-03"]);
    expect(build.code).toBe(0);
    expect(await dev(project, "select count(*)::int as n from work.daily")).toEqual([{ n: 2 }]);
  });

  test("is in the results, and nothing for retry", async () => {
    const project = base.copy();
    expect((await clone(project, "--from", "prod", "-q")).code).toBe(0);
    const results = JSON.parse(project.read("target/run_results.json")) as { readonly args: object; readonly results: readonly { readonly status: string }[] };
    expect(results.args).toMatchObject({ which: "clone", from: "prod" });
    expect(results.results.map(({ status }) => status)).toEqual(names.map(() => "success"));
    expect(problems((await runIn(project.directory, ["retry"])).stderr)[0]).toContain("the last command was clone");
  });
});

describe("what is here already", () => {
  test("is kept, and with --full-refresh replaced, but for history and what forbids it", async () => {
    const project = base.copy();
    expect((await statuses(project, "--from", "prod")).done.toSorted()).toEqual(names.toSorted());
    const again = await clone(project, "--from", "prod");
    expect([again.code, again.stdout, problems(again.stderr)]).toEqual([
      0,
      expect.stringMatching(/: 9 reused\n$/),
      [
        "info[RT0494]: 9 relations were there already and kept",
        "   = help: --full-refresh replaces them, but for snapshots and models with full_refresh: false",
      ],
    ]);
    const dryRun = await clone(project, "--from", "prod", "--full-refresh", "--dry-run", "-s", "mart", "top", "history");
    expect(dryRun.stdout.split("\n").slice(1)).toEqual([
      "  mart  table, replaces the table that is here",
      "  top  view, replaces the view that is here",
      "  history  kept, because it is here already",
      "",
    ]);
    const refreshed = await statuses(project, "--from", "prod", "--full-refresh");
    expect([refreshed.code, refreshed.kept.toSorted(), refreshed.done.length]).toEqual([0, ["frozen", "history"], 7]);
  });

  test("may be of another type", async () => {
    const project = base.copy();
    project.edit("models/m.yml", "name: fixed, config: {materialized: table,", "name: fixed, config: {materialized: view,");
    expect((await runIn(project.directory, ["run", "-q", "-s", "fixed"])).code).toBe(0);
    expect(await statuses(project, "--from", "prod", "fixed")).toMatchObject({ code: 0, kept: ["fixed"] });
    expect(await statuses(project, "--from", "prod", "fixed", "-f")).toMatchObject({ code: 0, done: ["fixed"] });
    expect(await dev(project, "select table_type as type from information_schema.tables where table_name = 'fixed'")).toEqual([{ type: "BASE TABLE" }]);
  });

  test("is never the other target itself: one file with two schemas", async () => {
    const project = base.copy();
    expect(await statuses(project, "--from", "prod", "-t", "beside", "+top")).toMatchObject({
      code: 0,
      done: "raw stg mart files top".split(" "),
      kept: ["fixed"],
    });
    expect(await queryFile(project.path("prod.duckdb"), "select count(*)::int as n from feature.top")).toEqual([{ n: 2 }]);
  });
});

describe("what cannot be cloned is said", () => {
  const none = "name a target of retain.yml with --from NAME, or an earlier run of it with --state DIR";
  test.each<[string, readonly string[], number, readonly (string | RegExp)[]]>([
    ["no other warehouse", [], 2, ["error[RT0506]: clone cannot read from another warehouse: none is named", `   = help: ${none}`]],
    ["an unknown target", ["--from", "prd"], 2, [/^error\[RT0106\]: there is no target "prd"/, /did you mean "prod"/]],
    ["the same target", ["--from", "dev"], 2, [/"dev" is the target that would be cloned to/, /--target/]],
    ["a target in memory", ["--from", "prod", "-t", "ci"], 2, [/target "ci" is in memory/, /choose a target with a file/]],
    ["one that was in memory", ["--from", "ci"], 2, [/target "ci" was in memory/, none]],
    [
      "a warehouse that is not there",
      ["--from", "beside", "-s", "raw"],
      2,
      [/nothing can be cloned: target "beside" has none of raw/, /build them there first/],
    ],
    ["nothing selected", ["--from", "prod", "-s", "inner_part"], 2, [/nothing can be cloned: no model, seed or snapshot is selected/, /retain list/]],
    ["an unknown name", ["--from", "prod", "martt"], 2, [/RT0002/, /did you mean/, /nothing can be cloned/, /retain list/]],
    [
      "a view whose inputs are not here",
      ["--from", "prod", "top"],
      1,
      [
        'error[RT0493]: "top" cannot be made here: it reads "a mart (x)", which is not in this warehouse',
        /m\.yml:17:12$/,
        /clone what it reads with it: --select \+top/,
      ],
    ],
  ])("%s", async (_, flags, exitCode, expected) => {
    const project = base.copy();
    const { code, stderr } = await clone(project, ...flags);
    expect(code).toBe(exitCode);
    const lines = problems(stderr);
    expect(lines).toEqual(expected.map((line) => (typeof line === "string" ? expect.stringContaining(line) : expect.stringMatching(line))));
  });

  test("a node that is new: a warning, and the rest is cloned; with --warn-error nothing is", async () => {
    const project = base.copy();
    project.write({ "models/new.yml": "models: [{name: brand_new, sql: 'select 1 as one'}]\n" });
    const strict = await clone(project, "--from", "prod", "--warn-error");
    expect([strict.code, strict.stdout]).toEqual([2, ""]);
    const { code, stderr, stdout } = await clone(project, "--from", "prod");
    expect([code, stdout]).toEqual([0, expect.stringContaining("9 ok")]);
    expect(problems(stderr)[0]).toBe('warning[RT0492]: not in target "prod", and left out: brand_new');
  });

  test("one that fails leaves what was here before", async () => {
    const project = base.copy();
    expect((await clone(project, "--from", "prod", "-q", "raw", "stg")).code).toBe(0);
    await queryFile(project.path("prod.duckdb"), "drop view gold.stg; create view gold.stg as select * from gold.raw join gold.elsewhere using (id)").catch(
      () => undefined,
    );
    await runSql(
      project.path("prod.duckdb"),
      "create table gold.elsewhere as select 1 as id; create or replace view gold.stg as select raw.* from gold.raw join gold.elsewhere using (id)",
    );
    expect(await statuses(project, "--from", "prod", "-f", "raw", "stg")).toEqual({ code: 1, done: ["raw"], kept: [], failed: ["stg"] });
    expect(await dev(project, "select count(*)::int as n from work.stg")).toEqual([{ n: 2 }]);
  });
});

async function runSql(path: string, sql: string): Promise<void> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}
