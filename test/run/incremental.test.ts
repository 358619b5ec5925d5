/** Incremental models on a real database: each strategy with each change of columns and each reaction to it, told cell by cell. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, planFor, run, type Warehouse } from "../fixtures/warehouse.ts";

/** A model over `raw`, which adds the rows from 2 on; the variables change its columns. */
const project = (config: string, more = "") =>
  temporaryProject({
    "models/m.yml": `models:
  - name: m
    config: {materialized: incremental, ${config}}
${more}    sql: |
      select {{var "columns" "id, k, v"}} from raw {{#if (is_incremental)}}where id >= 2{{/if}}
`,
  });

/** Columns with types, then rows, of the model's table. */
async function tableOf(warehouse: Warehouse): Promise<{ readonly columns: string; readonly rows: readonly string[] }> {
  const columns = await warehouse.rows("select name || ' ' || type from pragma_table_info('m') order by cid");
  const rows = await warehouse.rows("from m order by all");
  return { columns: columns.map(([text]) => String(text).toLowerCase()).join(", "), rows: rows.map((row) => row.map((value) => value ?? "-").join(" ")) };
}

/** Yesterday 1 and 2; today 2 has changed and 3 has come. */
async function twoDays(warehouse: Warehouse): Promise<void> {
  await warehouse.execute("create table raw as from (values (1, 'a', 10), (2, 'b', 20)) as t (id, k, v)");
}
const today = "create or replace table raw as from (values (1, 'a', 10), (2, 'b', 21), (3, 'c', 30)) as t (id, k, v)";

const strategies = {
  append: "incremental_strategy: append",
  "delete+insert": "unique_key: id",
  merge: "incremental_strategy: merge, unique_key: [id, k]",
  insert_overwrite: "incremental_strategy: insert_overwrite, partition_by: k",
  replace_from: "incremental_strategy: replace_from, partition_by: id",
} as const;
type Strategy = keyof typeof strategies;

const changes = {
  none: "id, k, v",
  reordered: "v, k, id",
  added: "id, k, v, 100 + id as w",
  removed: "id, k",
  retyped: "id, k, cast(v as varchar) as v",
} as const;
type Change = keyof typeof changes;

interface Expected {
  readonly columns?: string;
  readonly rows?: readonly string[];
  readonly problem?: string;
}
const plain = "id integer, k varchar, v integer";
const before = ["1 a 10", "2 b 20"];
const usual = (s: Strategy): Expected => ({
  columns: plain,
  rows: s === "append" ? ["1 a 10", "2 b 20", "2 b 21", "3 c 30"] : ["1 a 10", "2 b 21", "3 c 30"],
});
/** What is there after the second run, for `append` and for the strategies that replace rows. */
const outcomes: Readonly<Record<string, Readonly<Record<Change, Expected | ((strategy: Strategy) => Expected)>>>> = {
  ignore: {
    none: usual,
    reordered: usual,
    added: usual,
    removed: { columns: plain, rows: before, problem: "RT0422" },
    retyped: usual,
  },
  fail: {
    none: usual,
    reordered: usual,
    added: { columns: plain, rows: before, problem: "RT0420" },
    removed: { columns: plain, rows: before, problem: "RT0420" },
    retyped: { columns: plain, rows: before, problem: "RT0420" },
  },
  append_new_columns: {
    none: usual,
    reordered: usual,
    added: (s) => ({
      columns: `${plain}, w integer`,
      rows: s === "append" ? ["1 a 10 -", "2 b 20 -", "2 b 21 102", "3 c 30 103"] : ["1 a 10 -", "2 b 21 102", "3 c 30 103"],
    }),
    // merge changes the columns that it has, the others replace the row.
    removed: (s) => ({
      columns: plain,
      rows: { append: ["1 a 10", "2 b 20", "2 b -", "3 c -"], merge: ["1 a 10", "2 b 20", "3 c -"] }[s as string] ?? ["1 a 10", "2 b -", "3 c -"],
    }),
    retyped: usual,
  },
  sync_all_columns: {
    none: usual,
    reordered: usual,
    added: (s) => ({
      columns: `${plain}, w integer`,
      rows: s === "append" ? ["1 a 10 -", "2 b 20 -", "2 b 21 102", "3 c 30 103"] : ["1 a 10 -", "2 b 21 102", "3 c 30 103"],
    }),
    removed: (s) => ({ columns: "id integer, k varchar", rows: s === "append" ? ["1 a", "2 b", "2 b", "3 c"] : ["1 a", "2 b", "3 c"] }),
    retyped: (s) => ({
      columns: "id integer, k varchar, v varchar",
      rows: s === "append" ? ["1 a 10", "2 b 20", "2 b 21", "3 c 30"] : ["1 a 10", "2 b 21", "3 c 30"],
    }),
  },
  full_refresh: {
    none: usual,
    reordered: usual,
    added: { columns: `${plain}, w integer`, rows: ["1 a 10 101", "2 b 21 102", "3 c 30 103"] },
    removed: { columns: "id integer, k varchar", rows: ["1 a", "2 b", "3 c"] },
    retyped: { columns: "id integer, k varchar, v varchar", rows: ["1 a 10", "2 b 21", "3 c 30"] },
  },
};

describe.each(Object.keys(strategies) as Strategy[])("%s", (strategy) => {
  describe.each(Object.keys(outcomes))("on_schema_change: %s", (reaction) => {
    test.each(Object.keys(changes) as Change[])("columns %s", async (change) => {
      const warehouse = await emptyWarehouse();
      await twoDays(warehouse);
      const files = project(`${strategies[strategy]}, on_schema_change: ${reaction}`);
      expect((await run(files, warehouse)).statuses).toEqual({ m: "success" });
      expect(await tableOf(warehouse)).toEqual({ columns: plain, rows: before });
      await warehouse.execute(today);
      const second = await run(files, warehouse, { open: { vars: { columns: changes[change] } } });
      const cell = outcomes[reaction]?.[change];
      const { problem, ...expected } = typeof cell === "function" ? cell(strategy) : (cell ?? {});
      expect(second.result.results.map(({ status, diagnostics }) => [status, ...diagnostics.map(({ code }) => code)])).toEqual([
        problem === undefined ? ["success"] : ["error", problem],
      ]);
      expect(await tableOf(warehouse)).toEqual(expected);
    });
  });
});

describe("what is there decides", () => {
  const twice = async (config: string, prepare: string, request: Parameters<typeof run>[2] = {}) => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute(today);
    if (prepare !== "") await warehouse.execute(prepare);
    const ran = await run(project(config), warehouse, request);
    return { ...ran, rows: (await tableOf(warehouse)).rows };
  };
  const all = ["1 a 10", "2 b 21", "3 c 30"];

  test("nothing is there: made anew", async () => {
    expect((await twice("unique_key: id", "")).rows).toEqual(all);
  });
  test("a view is there: made anew", async () => {
    expect((await twice("unique_key: id", "create view m as select 9 as id, 'z' as k, 9 as v")).rows).toEqual(all);
  });
  test("a table is there: added to", async () => {
    expect((await twice("unique_key: id", "create table m as select 9 as id, 'z' as k, 9 as v")).rows).toEqual(["2 b 21", "3 c 30", "9 z 9"]);
  });
  test("--full-refresh: made anew", async () => {
    const { rows } = await twice("unique_key: id", "create table m as select 9 as id, 'z' as k, 9 as v", { fullRefresh: true });
    expect(rows).toEqual(all);
  });
  test("full_refresh: false holds against --full-refresh", async () => {
    const { rows } = await twice("unique_key: id, full_refresh: false", "create table m as select 9 as id, 'z' as k, 9 as v", { fullRefresh: true });
    expect(rows).toEqual(["2 b 21", "3 c 30", "9 z 9"]);
  });
  test("full_refresh: true needs no flag", async () => {
    expect((await twice("unique_key: id, full_refresh: true", "create table m as select 9 as id, 'z' as k, 9 as v")).rows).toEqual(all);
  });
  test("the result says what was done", async () => {
    const { resultOf } = await twice("incremental_strategy: merge, unique_key: id", "create table m as select 9 as id, 'z' as k, 9 as v");
    expect(resultOf("m").message).toBe("2 rows by merge");
  });
  test("a changed column is said, too", async () => {
    const { resultOf } = await twice("unique_key: id, on_schema_change: sync_all_columns", "create table m as select 9 as id, 'z' as kk, '9' as v");
    expect(resultOf("m").message).toBe("2 rows by delete+insert; + k VARCHAR, - kk VARCHAR, ~ v VARCHAR -> INTEGER");
  });
});

describe("a part of the inputs, over what was there", () => {
  test.each([
    ["table", "materialized: incremental, incremental_strategy: append"],
    ["table", "materialized: incremental, unique_key: id"],
    ["table", "materialized: incremental, incremental_strategy: insert_overwrite, partition_by: k"],
    ["files", "materialized: external, location: files/m, incremental_strategy: insert_overwrite, partition_by: k"],
  ])("is made anew by the next whole run, once: %s, %s", async (_, config) => {
    const warehouse = await emptyWarehouse();
    await twoDays(warehouse);
    const files = temporaryProject({
      "models/m.yml": `sources: [{name: main, tables: [{name: raw}]}]
models:
  - name: m
    config: {${config}}
    sql: select id, k, v from {{source "main" "raw"}} {{#if (is_incremental)}}where id >= 3{{/if}}
`,
    });
    const rows = async () => (await warehouse.rows("select id, v from m order by all")).map((row) => row.join(" "));
    await run(files, warehouse);
    await run(files, warehouse, { open: { inputs: { kind: "none" } } });
    expect(await rows()).toEqual([]);
    await warehouse.execute(today);
    expect((await run(files, warehouse)).statuses).toEqual({ m: "success" });
    expect(await rows()).toEqual(["1 10", "2 21", "3 30"]);
    // From then on it is added to again: 1 is as it was read before.
    await warehouse.execute("create or replace table raw as from (values (1, 'a', 99), (4, 'd', 40)) as t (id, k, v)");
    await run(files, warehouse);
    expect(await rows()).toEqual(expect.arrayContaining(["1 10", "4 40"]));
  });
});

describe("a part of the inputs, over what must not be made anew", () => {
  const batched = "materialized: incremental, incremental_strategy: microbatch, event_time: ts, begin: 2026-01-01, batch_size: day";
  test.each([
    ["append", "materialized: incremental, incremental_strategy: append"],
    ["delete+insert", "materialized: incremental, unique_key: id"],
    ["merge", "materialized: incremental, incremental_strategy: merge, unique_key: id"],
    ["insert_overwrite", "materialized: incremental, incremental_strategy: insert_overwrite, partition_by: k"],
    ["microbatch", batched],
    ["external by partition", "materialized: external, location: files/m, incremental_strategy: insert_overwrite, partition_by: k"],
    ["external", "materialized: external, location: files/m.parquet"],
    ["snapshot", ""],
  ])("leaves it as it is: %s", async (name, config) => {
    const isSnapshot = name === "snapshot";
    const warehouse = await emptyWarehouse();
    const rowsOf = (v: number) =>
      `create or replace table raw as select *, timestamp '2026-01-01 08:00' as ts from (values (1, 'a', ${v}), (2, 'b', ${v})) as t (id, k, v)`;
    const sql = `select k, ts, max(id) as id, count(*) as n, sum(v) as v from {{source "main" "raw"}} group by all`;
    const files = temporaryProject({
      "models/m.yml": `sources: [{name: main, tables: [{name: raw, config: {event_time: ts}}]}]
${isSnapshot ? "snapshots" : "models"}:
  - name: m
    config: {${isSnapshot ? "strategy: check, check_cols: all, unique_key: id" : `${config}, full_refresh: false`}}
    sql: '${sql}'
`,
    });
    const state = async () => (await warehouse.rows("select id, v from m order by all")).map((row) => row.join(" "));
    const at = { startedAt: "2026-01-01T10:00:00.000Z" };
    const part = { ...at, open: { inputs: { kind: "rows", rows: 1 } } } as const;
    // Made of a part, it is no whole yet: the next part replaces it, or adds to its history.
    await warehouse.execute(rowsOf(1));
    expect((await run(files, warehouse, part)).statuses).toEqual({ m: "success" });
    expect(await state()).toEqual(["1 1"]);
    await run(files, warehouse, at);
    expect(await state()).toEqual(["1 1", "2 1"]);
    await warehouse.execute(rowsOf(5));
    for (const inputs of [{ kind: "none" }, { kind: "rows", rows: 1 }] as const) {
      const limited = await run(files, warehouse, { ...at, open: { inputs } });
      expect(limited.statuses).toEqual({ m: "success" });
      expect(limited.resultOf("m").message).toContain("kept as it was");
      expect(await state()).toEqual(["1 1", "2 1"]);
    }
    // Nor does the next whole run make it anew.
    expect(await warehouse.rows("from retain_memory.partial_relations")).toEqual([]);
  });
});

test("the plan holds both ways", async () => {
  const opened = await run(project("unique_key: id"), await withToday());
  const [stage] = planFor(opened.project).stages;
  expect(stage).toMatchObject({ materialized: "incremental", increment: { strategy: "delete+insert", keys: ["id"] } });
  expect(planFor(opened.project, { fullRefresh: true }).stages[0]).toMatchObject({ increment: { isAnew: true } });
});

async function withToday(): Promise<Warehouse> {
  const warehouse = await emptyWarehouse();
  await warehouse.execute(today);
  return warehouse;
}

describe("tests decide whether what was added stays", () => {
  test("a failing test leaves the table as it was", async () => {
    const warehouse = await emptyWarehouse();
    await twoDays(warehouse);
    const files = project("unique_key: id", "    tests: [{expression_is_true: {name: small, expression: v < 25}}]\n");
    await run(files, warehouse);
    await warehouse.execute(today);
    expect((await run(files, warehouse)).statuses).toEqual({ small: "fail", m: "error" });
    expect(await tableOf(warehouse)).toEqual({ columns: plain, rows: before });
  });

  test("columns that were added go again, too", async () => {
    const warehouse = await emptyWarehouse();
    await twoDays(warehouse);
    const files = project("unique_key: id, on_schema_change: sync_all_columns", "    tests: [{expression_is_true: {name: small, expression: id < 3}}]\n");
    await run(files, warehouse);
    await warehouse.execute(today);
    const { statuses } = await run(files, warehouse, { open: { vars: { columns: "id, 'x' as new" } } });
    expect(statuses).toEqual({ small: "fail", m: "error" });
    expect(await tableOf(warehouse)).toEqual({ columns: plain, rows: before });
  });
});

describe("merge", () => {
  const merged = async (config: string) => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute("create table m as from (values (1, 'old', 1), (2, 'old', 2)) as t (id, k, v)");
    await warehouse.execute("create table raw as from (values (2, 'new', 20), (3, 'new', 30)) as t (id, k, v)");
    const { problems } = await run(project(`incremental_strategy: merge, unique_key: id, ${config}`), warehouse);
    return problems.length > 0 ? problems : (await tableOf(warehouse)).rows;
  };
  test.each([
    ["on_schema_change: ignore", ["1 old 1", "2 new 20", "3 new 30"]],
    ["merge_update_columns: [v]", ["1 old 1", "2 old 20", "3 new 30"]],
    ["merge_update_columns: [V]", ["1 old 1", "2 old 20", "3 new 30"]],
    ["merge_exclude_columns: [v]", ["1 old 1", "2 new 2", "3 new 30"]],
    ["merge_exclude_columns: [k, v]", ["1 old 1", "2 old 2", "3 new 30"]],
    ['incremental_predicates: ["dbt_internal_dest.v > 5"]', ["1 old 1", "2 new 20", "2 old 2", "3 new 30"]],
    ['incremental_predicates: ["DBT_INTERNAL_DEST.v < 5", "DBT_INTERNAL_SOURCE.v > {{var "least" 10}}"]', ["1 old 1", "2 new 20", "3 new 30"]],
  ] as const)("%s", async (config, rows) => {
    expect(await merged(config.replace('"DBT_INTERNAL_SOURCE.v > {{var "least" 10}}"', "'DBT_INTERNAL_SOURCE.v > {{var \"least\" 10}}'"))).toEqual(rows);
  });

  test("a missing key is a key like any other", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute("create table m as select null as id, 'old' as k, 1 as v");
    const files = temporaryProject({
      "models/m.yml":
        "models: [{name: m, config: {materialized: incremental, incremental_strategy: merge, unique_key: id}, sql: \"select null as id, 'new' as k, 2 as v\"}]\n",
    });
    await run(files, warehouse);
    expect((await tableOf(warehouse)).rows).toEqual(["- new 2"]);
  });

  test.each([
    ["", '"m": the new rows repeat 1 key of id: id 2'],
    ["    columns: [{name: id, pii: true}]\n", '"m": the new rows repeat 1 key of id: id ***'],
  ])("two rows of one key are refused and shown%s", async (columns, message) => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute("create table m as select 2 as id, 'old' as k, 1 as v");
    await warehouse.execute("create table raw as from (values (2, 'x', 20), (2, 'y', 30), (3, 'z', 1)) as t (id, k, v)");
    const { resultOf, problems } = await run(project("incremental_strategy: merge, unique_key: id", columns), warehouse);
    expect(resultOf("m").message).toBe(message);
    expect(problems).toEqual(["RT0423 models/m.yml:3:82"]);
    expect((await tableOf(warehouse)).rows).toEqual(["2 old 1"]);
  });

  test("nor may the first rows repeat a key, which nobody would find later", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute("create table raw as from (values (1, 'x', 20), (1, 'y', 30)) as t (id, k, v)");
    const { resultOf } = await run(project("incremental_strategy: merge, unique_key: id"), warehouse);
    expect(resultOf("m").message).toBe('"m": the new rows repeat 1 key of id: id 1');
    expect(await warehouse.relations()).toEqual(["main.raw table"]);
    // With delete+insert, a key may be that of many rows, from the beginning.
    expect((await run(project("unique_key: id"), warehouse)).statuses).toEqual({ m: "success" });
  });
});

describe("delete+insert and insert_overwrite", () => {
  test("conditions limit what is replaced", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute("create table m as from (values (2, 'old', 2), (3, 'old', 30)) as t (id, k, v)");
    await warehouse.execute(today);
    await run(project('unique_key: id, incremental_predicates: ["dbt_internal_dest.v < 10"]'), warehouse);
    expect((await tableOf(warehouse)).rows).toEqual(["2 b 21", "3 c 30", "3 old 30"]);
  });

  test("a key may stand several times among the new rows", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute("create table m as from (values (1, 'a', 1), (2, 'b', 2)) as t (id, k, v)");
    await warehouse.execute("create table raw as from (values (2, 'b', 3), (2, 'b', 4)) as t (id, k, v)");
    await run(project("unique_key: id"), warehouse);
    expect((await tableOf(warehouse)).rows).toEqual(["1 a 1", "2 b 3", "2 b 4"]);
  });

  test("only partitions with new rows are replaced, and those as a whole", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute("create table m as from (values (5, 'b', 1), (6, 'b', 2), (7, 'z', 3), (8, null, 4)) as t (id, k, v)");
    await warehouse.execute("create table raw as from (values (2, 'b', 20), (3, null, 30)) as t (id, k, v)");
    await run(project("incremental_strategy: insert_overwrite, partition_by: k"), warehouse);
    expect((await tableOf(warehouse)).rows).toEqual(["2 b 20", "3 - 30", "7 z 3"]);
  });
});

test("replace_from replaces everything from the least new value on, also what is gone and what lies after it", async () => {
  const warehouse = await emptyWarehouse();
  await warehouse.execute("create table m as from (values (1, 'a', 1), (2, 'gone', 2), (3, 'c', 3), (9, 'after', 9)) as t (id, k, v)");
  await warehouse.execute("create table raw as from (values (2, 'b', 20), (3, 'c', 30)) as t (id, k, v)");
  await run(project("incremental_strategy: replace_from, partition_by: id"), warehouse);
  expect((await tableOf(warehouse)).rows).toEqual(["1 a 1", "2 b 20", "3 c 30"]);
  await warehouse.execute("delete from raw");
  await run(project("incremental_strategy: replace_from, partition_by: id"), warehouse);
  expect((await tableOf(warehouse)).rows).toEqual(["1 a 1", "2 b 20", "3 c 30"]);
});

test("values that no longer fit a column say what has changed, and what to do", async () => {
  for (const config of ["incremental_strategy: append", "unique_key: id", "incremental_strategy: merge, unique_key: id"]) {
    const warehouse = await emptyWarehouse();
    await twoDays(warehouse);
    await run(project(config), warehouse);
    const { resultOf } = await run(project(config), warehouse, { open: { vars: { columns: "id, k, 'v' || v as v" } } });
    const [diagnostic] = resultOf("m").diagnostics;
    expect([diagnostic?.code, diagnostic?.notes?.map(({ message }) => message)]).toEqual([
      "RT0404",
      ['"v" is integer in the table and varchar in the new rows'],
    ]);
    expect(diagnostic?.help).toMatch(/--full-refresh, or set on_schema_change to sync_all_columns/);
  }
});

describe("a setting that names a column the rows lack", () => {
  test.each([
    ["unique_key: idd", "unique_key", "idd", 'did you mean "id"?'],
    ["incremental_strategy: insert_overwrite, partition_by: day", "partition_by", "day", "its columns are id, k and v"],
    ["incremental_strategy: merge, unique_key: id, merge_update_columns: [vv]", "merge_update_columns", "vv", 'did you mean "v"?'],
    ["incremental_strategy: merge, unique_key: id, merge_exclude_columns: [amount]", "merge_exclude_columns", "amount", "its columns are id, k and v"],
  ])("%s", async (config, setting, column, help) => {
    const warehouse = await withToday();
    const expected = { code: "RT0421", message: `"m": ${setting} names the column "${column}", which the SQL does not give`, help };
    const said = async (request = {}) => (await run(project(config), warehouse, request)).resultOf("m").diagnostics[0];
    expect(await said()).toMatchObject(expected);
    expect(await warehouse.relations()).toEqual(["main.raw table"]);
    await warehouse.execute("create table m as from raw");
    expect(await said()).toMatchObject(expected);
    expect(await said({ fullRefresh: true })).toMatchObject(expected);
  });
});

describe("with a contract", () => {
  const columns = "    columns: [{name: id, data_type: integer}, {name: k, data_type: varchar}, {name: v, data_type: integer}]\n";
  test("the table after the merge is what is checked", async () => {
    const warehouse = await emptyWarehouse();
    await twoDays(warehouse);
    const files = project("unique_key: id, on_schema_change: append_new_columns, contract: {enforced: true}", columns);
    expect((await run(files, warehouse)).statuses).toEqual({ m: "success" });
    await warehouse.execute(today);
    expect((await run(files, warehouse)).statuses).toEqual({ m: "success" });
    const { problems } = await run(files, warehouse, { open: { vars: { columns: "id, k, v, 1 as w" } } });
    expect(problems).toEqual(["RT0406 models/m.yml:2:11"]);
    expect((await tableOf(warehouse)).columns).toBe(plain);
  });
});

test("constraints hold for the whole table, old rows and new ones", async () => {
  const warehouse = await emptyWarehouse();
  await twoDays(warehouse);
  const columns =
    "    columns: [{name: id, data_type: integer, constraints: [{type: unique}]}, {name: k, data_type: varchar}, {name: v, data_type: integer}]\n";
  const files = project("incremental_strategy: append, on_schema_change: fail, contract: {enforced: true}", columns);
  expect((await run(files, warehouse)).statuses).toEqual({ m: "success" });
  await warehouse.execute(today);
  expect((await run(files, warehouse)).problems).toEqual([expect.stringMatching(/^RT0440 models\/m\.yml:4:/)]);
  expect((await tableOf(warehouse)).rows).toEqual(before);
});

/** Any history of edits: what an incremental model has in the end is what it would have if it were made anew. */
describe("over a random history", () => {
  const isToday = "day = (select max(day) from raw)";
  const row = fc.record({ id: fc.integer({ min: 1, max: 4 }), k: fc.constantFrom("a", "b", null), v: fc.option(fc.integer({ min: 0, max: 99 })) });
  test.each([
    ["incremental_strategy: delete+insert, unique_key: [id, k]", isToday],
    ["incremental_strategy: merge, unique_key: [id, k]", isToday],
    ["incremental_strategy: insert_overwrite, partition_by: k", `coalesce(k, '') in (select coalesce(k, '') from raw where ${isToday})`],
    ["incremental_strategy: replace_from, partition_by: id", `id >= (select min(id) from raw where ${isToday})`],
  ])("%s equals a full refresh", async (config, isNew) => {
    const sql = `select id, k, v from raw {{#if (is_incremental)}}where ${isNew}{{/if}}`;
    const files = temporaryProject({
      "models/m.yml": `models:\n  - name: m\n    config: {materialized: incremental, ${config}}\n    sql: |\n      ${sql}\n`,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }), async (days) => {
        const warehouse = await emptyWarehouse();
        await warehouse.execute("create table raw (id integer, k varchar, v integer, day integer)");
        for (const [day, edits] of days.entries()) {
          for (const { id, k, v } of edits) {
            const key = k === null ? "null" : `'${k}'`;
            await warehouse.execute(`delete from raw where id = ${id} and k is not distinct from ${key}; insert into raw values (${id}, ${key}, ${v}, ${day})`);
          }
          expect((await run(files, warehouse)).statuses).toEqual({ m: "success" });
        }
        const added = await tableOf(warehouse);
        await run(files, warehouse, { fullRefresh: true });
        expect(added).toEqual(await tableOf(warehouse));
      }),
      { numRuns: 15 },
    );
  });
});
