/** Snapshots over a history of edits, each version compared with what was worked out by hand; and laws that hold for any history. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Files, temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, type Ran, run, type Warehouse } from "../fixtures/warehouse.ts";

/** Rows change at six in the morning and are seen at noon: `u3` is the one, `r3` the other on January 3. */
const changedAt = (day: number) => `2026-01-0${day} 06:00:00`;
const runAt = (day: number) => `2026-01-0${day}T12:00:00.000Z`;

const project = (config: string, more: Files = {}) =>
  temporaryProject({
    "snapshots/s.yml": `sources: [{name: main, tables: [{name: raw}]}]\nsnapshots:\n  - {name: s, relation: "source('main', 'raw')", config: {${config}}}\n`,
    ...more,
  });

type Row = readonly [id: string, value: string, day: number];
async function setRows(warehouse: Warehouse, rows: readonly Row[]): Promise<void> {
  await warehouse.execute("create or replace table raw (id varchar, v varchar, t timestamp)");
  for (const [id, value, day] of rows) await warehouse.execute(`insert into raw values ('${id}', '${value}', '${changedAt(day)}')`);
}

/** `id value from to`, and whether it says that the row is deleted, with times as `u3` or `r3`. */
async function versions(warehouse: Warehouse, columns = "id, v, dbt_valid_from, dbt_valid_to", from = "s"): Promise<readonly string[]> {
  const rows = await warehouse.rows(`select ${columns} from ${from} order by all nulls last`);
  return rows.map((row) => row.map(shorten).join(" "));
}
function shorten(value: unknown): string {
  const [, day, hour] = /^2026-01-0(\d) (06|12):00:00$/.exec(String(value)) ?? [];
  return day === undefined ? String(value ?? "-") : `${hour === "06" ? "u" : "r"}${day}`;
}

/** What the rows are on each day: A changes on the 2nd; B is gone on the 3rd and back as it was on the 4th; C comes on the 2nd, is gone on the 5th and back with another value on the 6th. */
const days: readonly (readonly Row[])[] = [
  [
    ["A", "a", 1],
    ["B", "b", 1],
  ],
  [
    ["A", "a2", 2],
    ["B", "b", 1],
    ["C", "c", 2],
  ],
  [
    ["A", "a2", 2],
    ["C", "c", 2],
  ],
  [
    ["A", "a2", 2],
    ["B", "b", 1],
    ["C", "c", 2],
  ],
  [
    ["A", "a2", 2],
    ["B", "b", 1],
  ],
  [
    ["A", "a2", 2],
    ["B", "b", 1],
    ["C", "c2", 6],
  ],
];

async function live(files: ReturnType<typeof project>, warehouse: Warehouse, history = days): Promise<readonly Ran[]> {
  const runs: Ran[] = [];
  for (const [i, rows] of history.entries()) {
    await setRows(warehouse, rows);
    const ran = await run(files, warehouse, { startedAt: runAt(i + 1) });
    expect(ran.problems).toEqual([]);
    runs.push(ran);
  }
  return runs;
}

const timestamp = "strategy: timestamp, unique_key: id, updated_at: t";
const check = "strategy: check, unique_key: id, check_cols: [v]";

describe.each([
  [timestamp, "ignore", ["A a u1 u2", "A a2 u2 -", "B b u1 -", "C c u2 u6", "C c2 u6 -"]],
  [timestamp, "invalidate", ["A a u1 u2", "A a2 u2 -", "B b u1 r3", "B b r4 -", "C c u2 r5", "C c2 u6 -"]],
  [timestamp, "new_record", ["A a u1 u2", "A a2 u2 -", "B b u1 r3", "B b r3 r4 deleted", "B b r4 -", "C c u2 r5", "C c r5 u6 deleted", "C c2 u6 -"]],
  [check, "ignore", ["A a r1 r2", "A a2 r2 -", "B b r1 -", "C c r2 r6", "C c2 r6 -"]],
  [check, "invalidate", ["A a r1 r2", "A a2 r2 -", "B b r1 r3", "B b r4 -", "C c r2 r5", "C c2 r6 -"]],
  [check, "new_record", ["A a r1 r2", "A a2 r2 -", "B b r1 r3", "B b r3 r4 deleted", "B b r4 -", "C c r2 r5", "C c r5 r6 deleted", "C c2 r6 -"]],
  [`${check}, updated_at: t`, "ignore", ["A a u1 u2", "A a2 u2 -", "B b u1 -", "C c u2 u6", "C c2 u6 -"]],
  [
    `${check}, updated_at: t`,
    "new_record",
    ["A a u1 u2", "A a2 u2 -", "B b u1 r3", "B b r3 r4 deleted", "B b r4 -", "C c u2 r5", "C c r5 u6 deleted", "C c2 u6 -"],
  ],
  ["strategy: check, unique_key: [id], check_cols: all", "invalidate", ["A a r1 r2", "A a2 r2 -", "B b r1 r3", "B b r4 -", "C c r2 r5", "C c2 r6 -"]],
] as const)("%s, hard_deletes: %s", (config, mode, expected) => {
  const columns = mode === "new_record" ? "id, v, dbt_valid_from, dbt_valid_to, if(dbt_is_deleted = 'True', 'deleted', '') as d" : undefined;
  const tidy = (rows: readonly string[]) => rows.map((row) => row.trimEnd());

  test("keeps the versions that there were", async () => {
    const warehouse = await emptyWarehouse();
    const runs = await live(project(`${config}, hard_deletes: ${mode}`), warehouse);
    expect(tidy(await versions(warehouse, columns)).toSorted()).toEqual([...expected].toSorted());
    expect(runs[0]?.resultOf("s")).toMatchObject({ kind: "snapshot", materialized: "snapshot", status: "success", message: undefined });
    expect(await warehouse.rows("select count(distinct dbt_scd_id) = count(*) from s")).toEqual([[true]]);
  });

  test("with an end for versions in force, keeps the same", async () => {
    const warehouse = await emptyWarehouse();
    await live(project(`${config}, hard_deletes: ${mode}, dbt_valid_to_current: "timestamp '9999-12-31'"`), warehouse);
    const found = tidy(await versions(warehouse, columns)).map((row) => row.replace("9999-12-31 00:00:00", "-"));
    expect(found.toSorted()).toEqual([...expected].toSorted());
  });

  test("a second look at the same rows changes nothing", async () => {
    const warehouse = await emptyWarehouse();
    const files = project(`${config}, hard_deletes: ${mode}`);
    await live(files, warehouse);
    const before = await versions(warehouse, columns);
    const { resultOf } = await run(files, warehouse, { startedAt: runAt(7) });
    expect(resultOf("s").message).toBe("nothing changed");
    expect(await versions(warehouse, columns)).toEqual(before);
  });
});

test("a result says what became of the rows", async () => {
  const warehouse = await emptyWarehouse();
  const runs = await live(project(`${timestamp}, hard_deletes: new_record`), warehouse);
  expect(runs.map((ran) => ran.resultOf("s").message)).toEqual([undefined, "1 new, 1 changed", "1 deleted", "1 back", "1 deleted", "1 back"]);
});

test("invalidate_hard_deletes is dbt's older word for invalidate", async () => {
  const warehouse = await emptyWarehouse();
  await live(project(`${check}, invalidate_hard_deletes: true`), warehouse, days.slice(0, 3));
  expect(await versions(warehouse)).toEqual(["A a r1 r2", "A a2 r2 -", "B b r1 r3", "C c r2 -"]);
});

test("hard_deletes may change later, both ways", async () => {
  const warehouse = await emptyWarehouse();
  const columns = "id, dbt_valid_from, dbt_valid_to, dbt_is_deleted";
  await setRows(warehouse, days[0] ?? []);
  await run(project(check), warehouse, { startedAt: runAt(1) });
  await setRows(warehouse, [["A", "a", 1]]);
  await run(project(`${check}, hard_deletes: new_record`), warehouse, { startedAt: runAt(2) });
  expect(await versions(warehouse, columns)).toEqual(["A r1 - False", "B r1 r2 False", "B r2 - True"]);
  await setRows(warehouse, [["B", "b", 1]]);
  await run(project(`${check}, hard_deletes: invalidate`), warehouse, { startedAt: runAt(3) });
  expect(await versions(warehouse, columns)).toEqual(["A r1 r3 False", "B r1 r2 False", "B r2 r3 True", "B r3 - False"]);
});

test("a change that comes late begins when it was seen, so that times do not run backwards", async () => {
  const warehouse = await emptyWarehouse();
  const files = project(`${timestamp}, hard_deletes: invalidate`);
  await live(files, warehouse, [[["A", "a", 1]], [], [["A", "a", 1]], [["A", "a2", 2]]]);
  expect(await versions(warehouse)).toEqual(["A a u1 r2", "A a r3 r4", "A a2 r4 -"]);
});

test("a row that was never changed counts from when it was first seen", async () => {
  const warehouse = await emptyWarehouse();
  const files = project(timestamp);
  await warehouse.execute("create table raw as select 'A' as id, 'a' as v, cast(null as timestamp) as t");
  await run(files, warehouse, { startedAt: runAt(1) });
  await run(files, warehouse, { startedAt: runAt(2) });
  expect(await versions(warehouse)).toEqual(["A a r1 -"]);
});

describe("keys", () => {
  const keyed = async (key: string, rows: string) => {
    const warehouse = await emptyWarehouse();
    const files = project(`strategy: check, unique_key: ${key}, check_cols: [v]`);
    await warehouse.execute(`create table raw as from (values ${rows}) as t (id, part, v)`);
    await run(files, warehouse, { startedAt: runAt(1) });
    await warehouse.execute("update raw set v = v || '2'");
    const { problems } = await run(files, warehouse, { startedAt: runAt(2) });
    return problems.length > 0 ? problems : versions(warehouse, "id, part, v, dbt_valid_from, dbt_valid_to");
  };
  test.each([
    ["[id, part]", "('A', 1, 'x'), ('A', 2, 'y')", ["A 1 x r1 r2", "A 1 x2 r2 -", "A 2 y r1 r2", "A 2 y2 r2 -"]],
    [`"id || '-' || part"`, "('A', 1, 'x'), ('A', 2, 'y')", ["A 1 x r1 r2", "A 1 x2 r2 -", "A 2 y r1 r2", "A 2 y2 r2 -"]],
    ["id", "(null, 1, 'x'), ('A', 2, 'y')", ["A 2 y r1 r2", "A 2 y2 r2 -", "- 1 x r1 r2", "- 1 x2 r2 -"]],
    ["id", "('A', 1, 'x'), ('A', 2, 'y')", ["RT0423 snapshots/s.yml:3:88"]],
    ["nope", "('A', 1, 'x')", ["RT0402 snapshots/s.yml:3:88"]],
  ] as const)("%s over %s", async (key, rows, expected) => {
    expect(await keyed(key, rows)).toEqual(expected);
  });
});

describe("other columns", () => {
  const changed = async (config: string, first: string, second: string) => {
    const warehouse = await emptyWarehouse();
    const files = project(config);
    await warehouse.execute(`create table raw as ${first}`);
    await run(files, warehouse, { startedAt: runAt(1) });
    await warehouse.execute(`create or replace table raw as ${second}`);
    const { problems } = await run(files, warehouse, { startedAt: runAt(2) });
    const columns = await warehouse.rows("select name || ' ' || type from pragma_table_info('s') where name not like 'dbt_%' order by cid");
    return { problems, columns: columns.join(", ").toLowerCase(), rows: await versions(warehouse, "* exclude (dbt_scd_id, dbt_updated_at)") };
  };
  const all = "strategy: check, unique_key: id, check_cols: all";

  test("a new one is added, and is a change where it has a value", async () => {
    const { columns, rows } = await changed(
      all,
      "from (values ('A', 1), ('B', 1)) as t (id, v)",
      "from (values ('A', 1, 'x'), ('B', 1, null)) as t (id, v, w)",
    );
    expect(columns).toBe("id varchar, v integer, w varchar");
    expect(rows).toEqual(["A 1 r1 r2 -", "A 1 r2 - x", "B 1 r1 - -"]);
  });
  test("one that is gone stays, and is no change", async () => {
    const { columns, rows } = await changed(all, "from (values ('A', 1, 'x'), ('B', 1, 'y')) as t (id, v, w)", "from (values ('A', 1), ('B', 2)) as t (id, v)");
    expect(columns).toBe("id varchar, v integer, w varchar");
    expect(rows).toEqual(["A 1 x r1 -", "B 1 y r1 r2", "B 2 - r2 -"]);
  });
  test.each([
    ["integer", "bigint", "bigint"],
    ["bigint", "integer", "bigint"],
    ["integer", "varchar", "varchar"],
    ["varchar", "integer", "varchar"],
    ["date", "timestamp", "timestamp"],
  ])("%s that becomes %s is kept as %s", async (from, to, kept) => {
    const value = from === "date" ? "'2026-01-01'" : "1";
    const { columns, problems } = await changed(all, `select 'A' as id, cast(${value} as ${from}) as v`, `select 'A' as id, cast(${value} as ${to}) as v`);
    expect([problems, columns]).toEqual([[], `id varchar, v ${kept}`]);
  });
});

describe("the time of a change", () => {
  test.each([
    ["date", "TIMESTAMP", ["A a 2026-01-01 00:00:00 2026-01-02 00:00:00", "A a2 2026-01-02 00:00:00 -"]],
    ["timestamp", "TIMESTAMP", ["A a u1 u2", "A a2 u2 -"]],
    ["timestamptz", "TIMESTAMP WITH TIME ZONE", ["A a 2026-01-01 06:00:00+00 2026-01-02 06:00:00+00", "A a2 2026-01-02 06:00:00+00 -"]],
  ])("may be a %s", async (type, kept, expected) => {
    const warehouse = await emptyWarehouse();
    const files = project(`strategy: timestamp, unique_key: id, updated_at: cast(t as ${type})`);
    await live(files, warehouse, [[["A", "a", 1]], [["A", "a2", 2]]]);
    expect(await versions(warehouse)).toEqual(expected);
    expect(await warehouse.rows("select distinct typeof(dbt_valid_from), typeof(dbt_valid_to), typeof(dbt_updated_at) from s")).toEqual([[kept, kept, kept]]);
  });

  test("is no text", async () => {
    const warehouse = await emptyWarehouse();
    await setRows(warehouse, days[0] ?? []);
    const { problems, resultOf } = await run(project("strategy: timestamp, unique_key: id, updated_at: v"), warehouse);
    expect(problems).toEqual(["RT0426 snapshots/s.yml:3:108"]);
    expect(resultOf("s").message).toBe('snapshot "s": updated_at is varchar, not a date or timestamp');
  });
});

test("its own columns may have other names", async () => {
  const warehouse = await emptyWarehouse();
  const names = "{dbt_valid_from: begins, dbt_valid_to: ends, dbt_scd_id: version, dbt_updated_at: seen, dbt_is_deleted: gone}";
  await live(project(`${check}, hard_deletes: new_record, snapshot_meta_column_names: ${names}`), warehouse, days.slice(0, 3));
  expect(await versions(warehouse, "id, v, begins, ends, seen, gone")).toEqual([
    "A a r1 r2 r1 False",
    "A a2 r2 - r2 False",
    "B b r1 r3 r1 False",
    "B b r3 - r3 True",
    "C c r2 - r2 False",
  ]);
});

describe("what it is of", () => {
  test.each<[string, Files]>([
    ["a model", { "snapshots/s.yml": `models: [{name: m, sql: "select * from raw"}]\nsnapshots: [{name: s, relation: ref('m'), config: {${check}}}]\n` }],
    ["a query inline", { "snapshots/s.yml": `snapshots: [{name: s, sql: "select * from raw where id < 'C'", config: {${check}}}]\n` }],
    [
      "a query in a file",
      { "snapshots/s.yml": `snapshots: [{name: s, config: {${check}}}]\n`, "snapshots/s.sql": "-- only two\nselect * from raw where id < 'C';\n" },
    ],
    [
      "an ephemeral model",
      {
        "models/e.yml": `models: [{name: e, config: {materialized: ephemeral}, sql: "select * from raw"}]\nsnapshots: [{name: s, relation: "{{ref 'e'}}", config: {${check}}}]\n`,
        "snapshots/s.yml": "",
      },
    ],
  ])("%s", async (_, files) => {
    const warehouse = await emptyWarehouse();
    await setRows(warehouse, days[0] ?? []);
    expect((await run(temporaryProject(files), warehouse, { startedAt: runAt(1) })).problems).toEqual([]);
    expect(await versions(warehouse)).toEqual(["A a r1 -", "B b r1 -"]);
  });
});

describe("what cannot go on says why and leaves history alone", () => {
  const attempt = async (prepare: string, config = timestamp) => {
    const warehouse = await emptyWarehouse();
    await setRows(warehouse, days[0] ?? []);
    await warehouse.execute(prepare);
    const { problems, resultOf } = await run(project(config), warehouse);
    return { problems, message: resultOf("s").message, relations: await warehouse.relations() };
  };
  test("a view of its name", async () => {
    expect(await attempt("create view s as select 1 as id")).toEqual({
      problems: ["RT0424 snapshots/s.yml:3:12"],
      message: 'snapshot "s" cannot go on: "main"."s" is a view',
      relations: ["main.raw table", "main.s view"],
    });
  });
  test("a table that is no snapshot", async () => {
    expect((await attempt("create table s as select 1 as id, now() as dbt_valid_from")).message).toBe(
      'snapshot "s" cannot go on: the table "main"."s" lacks dbt_valid_to, dbt_scd_id and dbt_updated_at',
    );
  });
  test("rows that have a column of its own", async () => {
    const { problems, message } = await attempt("alter table raw add column DBT_VALID_TO date");
    expect(problems).toEqual(["RT0425 snapshots/s.yml:3:12"]);
    expect(message).toBe('snapshot "s": its query gives DBT_VALID_TO, which the snapshot adds itself');
  });
  test("check_cols that are not there", async () => {
    const { problems, message } = await attempt("select 1", "strategy: check, unique_key: id, check_cols: [v, value]");
    expect(problems).toEqual(["RT0421 snapshots/s.yml:3:104"]);
    expect(message).toBe('"s": check_cols names the column "value", which the SQL does not give');
  });
  test("a query that fails", async () => {
    const { problems } = await attempt("alter table raw drop column t");
    expect(problems).toEqual(["RT0402 snapshots/s.yml:3:108"]);
  });
});

test("a failing test leaves the history as it was", async () => {
  const warehouse = await emptyWarehouse();
  const files = temporaryProject({
    "snapshots/s.yml": `snapshots:\n  - name: s\n    sql: select * from raw\n    config: {${check}}\n    tests: [{expression_is_true: {name: few, expression: v <> 'a2'}}]\n`,
  });
  await setRows(warehouse, days[0] ?? []);
  expect((await run(files, warehouse, { startedAt: runAt(1) })).statuses).toEqual({ few: "pass", s: "success" });
  await setRows(warehouse, days[1] ?? []);
  expect((await run(files, warehouse, { startedAt: runAt(2) })).statuses).toEqual({ few: "fail", s: "error" });
  expect(await versions(warehouse)).toEqual(["A a r1 -", "B b r1 -"]);
});

describe("commands", () => {
  const files = temporaryProject({
    "models/m.yml": `models: [{name: m, config: {materialized: table}, sql: "select * from raw"}, {name: below, sql: 'select * from {{ref "s"}}'}]\n`,
    "snapshots/s.yml": `snapshots: [{name: s, relation: ref('m'), config: {${check}}, columns: [{name: dbt_scd_id, tests: [unique]}]}]\n`,
  });
  test.each([
    ["build", ["m", "unique s.dbt_scd_id", "s", "below"]],
    ["snapshot", ["s"]],
    ["run", ["m", "below"]],
  ] as const)("%s", async (command, titles) => {
    const warehouse = await emptyWarehouse();
    await setRows(warehouse, days[0] ?? []);
    await run(files, warehouse);
    const { result } = await run(files, warehouse, { command });
    expect(result.results.map(({ title }) => title)).toEqual(titles);
  });
  test.each([
    ["resource_type:snapshot", ["s"]],
    ["config.materialized:snapshot", ["s"]],
    ["config.strategy:check", ["s"]],
    ["s", ["s"]],
  ])("--select %s", async (criterion, titles) => {
    const warehouse = await emptyWarehouse();
    await setRows(warehouse, days[0] ?? []);
    await run(files, warehouse);
    const { result } = await run(files, warehouse, { select: [criterion], indirect: "empty" });
    expect(result.results.map(({ title }) => title)).toEqual(titles);
  });
});

describe("for any history", () => {
  const row = fc.tuple(fc.constantFrom("A", "B", "C"), fc.constantFrom("x", "y"), fc.constant(1));
  const history = fc.array(fc.uniqueArray(row, { selector: ([id]) => id, maxLength: 3 }), { minLength: 1, maxLength: 6 });
  test.each(["invalidate", "new_record"])("hard_deletes: %s: the versions of any time are the rows of that time", async (mode) => {
    const files = project(`${check}, hard_deletes: ${mode}`);
    await fc.assert(
      fc.asyncProperty(history, async (days) => {
        const warehouse = await emptyWarehouse();
        await live(files, warehouse, days);
        const isRow = mode === "new_record" ? "dbt_is_deleted = 'False'" : "true";
        for (const [i, rows] of days.entries()) {
          const time = `timestamp '${runAt(i + 1)
            .replace("T", " ")
            .replace("Z", "")}'`;
          const then = `(from s where dbt_valid_from <= ${time} and (dbt_valid_to is null or dbt_valid_to > ${time}) and ${isRow})`;
          expect(await versions(warehouse, "id, v", then)).toEqual(rows.map(([id, v]) => `${id} ${v}`).toSorted());
        }
        const overlaps = await warehouse.rows(`select count(*) from s as a join s as b on a.id = b.id and a.dbt_scd_id <> b.dbt_scd_id
where a.dbt_valid_from < coalesce(b.dbt_valid_to, 'infinity') and b.dbt_valid_from < coalesce(a.dbt_valid_to, 'infinity')`);
        expect(overlaps).toEqual([[0]]);
      }),
      { numRuns: 12 },
    );
  });
});
