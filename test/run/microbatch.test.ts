/** Microbatch models on a real database: windows of time, each in a transaction of its own, that a later run can complete. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTime } from "../../src/compile/materializations/incremental/batches.ts";
import { type Files, temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, type RunRequest, run, type Warehouse } from "../fixtures/warehouse.ts";

const settings = "materialized: incremental, incremental_strategy: microbatch, event_time: day, begin: 2026-01-01, batch_size: day";
const sql = `select date_trunc('day', ts) as day, count(*) as n{{var "more" ""}} from {{source "main" "raw"}} {{var "where" ""}} group by all`;

/** Counts the rows of each day; \`below\` reads it. */
const project = (config = "", files: Files = {}, model = "") =>
  temporaryProject({
    "models/m.yml": `sources: [{name: main, tables: [{name: raw, config: {event_time: ts}}]}]
models:
  - name: m
    config: {${settings}${config === "" ? "" : `, ${config}`}}
${model}    sql: |
      ${sql}
  - {name: below, config: {materialized: table}, sql: 'select sum(n) as n from {{ref "m"}}'}
`,
    ...files,
  });

/** `2 2 1`: how many rows there are on the 1st, 2nd and 3rd of January. */
async function setDays(warehouse: Warehouse, ...counts: readonly number[]): Promise<void> {
  await warehouse.execute("create or replace table raw (id integer, ts timestamp)");
  for (const [i, count] of counts.entries()) {
    if (count > 0) await warehouse.execute(`insert into raw select range, timestamp '2026-01-0${i + 1} 05:00:00' from range(${count})`);
  }
}
async function table(warehouse: Warehouse, columns = "dayofmonth(day), n"): Promise<string> {
  return (await warehouse.rows(`select ${columns} from m order by all`)).map((row) => row.join(":")).join(" ");
}
const at = (text: string): RunRequest => ({ startedAt: `2026-01-${text}:00.000Z` });
const day = (n: number) => [`2026-01-0${n}T00:00:00.000Z`, `2026-01-0${n + 1}T00:00:00.000Z`];

test("the first run makes every batch from the beginning until now", async () => {
  const warehouse = await emptyWarehouse();
  await setDays(warehouse, 2, 0, 1);
  const { resultOf, result } = await run(project(), warehouse, at("04T10:00"));
  expect(resultOf("m")).toMatchObject({
    status: "success",
    message: "4 day batches",
    batches: { successful: [day(1), day(2), day(3), day(4)], failed: [] },
  });
  expect(result.results.map(({ title, status }) => [title, status])).toEqual([
    ["m", "success"],
    ["below", "success"],
  ]);
  expect(await table(warehouse)).toBe("1:2 3:1");
});

test("a later run does what is new, and the newest again for rows that came late", async () => {
  const warehouse = await emptyWarehouse();
  const files = project();
  await setDays(warehouse, 1, 1, 1);
  await run(files, warehouse, at("03T10:00"));
  await setDays(warehouse, 5, 5, 5, 5, 5);
  const { resultOf } = await run(files, warehouse, at("05T10:00"));
  expect(resultOf("m").batches?.successful).toEqual([day(3), day(4), day(5)]);
  expect(await table(warehouse)).toBe("1:1 2:1 3:5 4:5 5:5");
});

test.each([
  ["lookback: 0", "1:1 2:1 3:1 4:5"],
  ["lookback: 1", "1:1 2:1 3:5 4:5"],
  ["lookback: 2", "1:1 2:5 3:5 4:5"],
  ["lookback: 9", "1:5 2:5 3:5 4:5"],
])("%s", async (config, expected) => {
  const warehouse = await emptyWarehouse();
  const files = project(config);
  await setDays(warehouse, 1, 1, 1, 1);
  await run(files, warehouse, at("04T00:00"));
  await setDays(warehouse, 5, 5, 5, 5);
  await run(files, warehouse, at("04T10:00"));
  expect(await table(warehouse)).toBe(expected);
});

describe("a batch that fails", () => {
  const failing = (days: string, run: RunRequest): RunRequest => ({
    ...run,
    open: { vars: { where: `where if(dayofmonth(ts) in (${days}), error('bad'), true)` } },
  });

  test("leaves the others, holds back what comes after, and is done by the next run alone", async () => {
    const warehouse = await emptyWarehouse();
    const files = project("lookback: 0");
    await setDays(warehouse, 1, 2, 3, 4);
    const first = await run(files, warehouse, failing("2", at("04T10:00")));
    expect(first.statuses).toEqual({ m: "partial success", below: "skipped" });
    expect(first.resultOf("m")).toMatchObject({
      message: "1 of 4 batches failed: 2026-01-02",
      batches: { successful: [day(1), day(3), day(4)], failed: [day(2)] },
    });
    expect(first.resultOf("m").diagnostics).toMatchObject([{ code: "RT0405", notes: [{ message: "in the batch 2026-01-02" }] }]);
    expect(await table(warehouse)).toBe("1:1 3:3 4:4");

    await setDays(warehouse, 9, 9, 9, 9);
    const second = await run(files, warehouse, at("05T10:00"));
    expect(second.statuses).toEqual({ m: "success", below: "success" });
    expect(second.resultOf("m").batches?.successful).toEqual([day(2), day(4), day(5)]);
    expect(await table(warehouse)).toBe("1:1 2:9 3:3 4:9");
  });

  test("as the first one keeps the others from being tried", async () => {
    const warehouse = await emptyWarehouse();
    await setDays(warehouse, 1, 2, 3, 4);
    const { statuses, resultOf } = await run(project(), warehouse, failing("1, 3", at("04T10:00")));
    expect(statuses).toEqual({ m: "error", below: "skipped" });
    expect(resultOf("m")).toMatchObject({
      message: "1 of 4 batches failed: 2026-01-01; 3 were not tried",
      batches: { successful: [], failed: [day(1), day(2), day(3), day(4)] },
    });
    expect((await warehouse.relations()).filter((name) => name.startsWith("main."))).toEqual(["main.raw table"]);
  });

  test("in the same way as others is told once", async () => {
    const warehouse = await emptyWarehouse();
    await setDays(warehouse, 1, 2, 3, 4);
    const { resultOf } = await run(project(), warehouse, failing("2, 3, 4", at("04T10:00")));
    expect(resultOf("m").message).toBe("3 of 4 batches failed: 2026-01-02, 2026-01-03 and 2026-01-04");
    expect(resultOf("m").diagnostics).toMatchObject([{ notes: [{ message: "in 3 batches, first in 2026-01-02" }] }]);
  });

  test("with --fail-fast is the last", async () => {
    const warehouse = await emptyWarehouse();
    await setDays(warehouse, 1, 2, 3, 4);
    const { resultOf } = await run(project(), warehouse, { ...failing("2", at("04T10:00")), failFast: true });
    expect(resultOf("m").message).toBe("1 of 4 batches failed: 2026-01-02; 2 were not tried");
  });

  test("in its test is not published, and the others are", async () => {
    const warehouse = await emptyWarehouse();
    await setDays(warehouse, 1, 7, 3);
    const { statuses, resultOf } = await run(project("", {}, "    tests: [{expression_is_true: {name: few, expression: n < 5}}]\n"), warehouse, at("03T10:00"));
    expect(statuses).toEqual({ few: "fail", m: "partial success", below: "skipped" });
    expect(resultOf("few").failures).toBe(1);
    expect(await table(warehouse)).toBe("1:1 3:3");
  });

  test("is not repeated with those that were done when the same run is tried again", async () => {
    const warehouse = await emptyWarehouse();
    const files = project();
    await setDays(warehouse, 1, 2, 3);
    await run(files, warehouse, failing("2", at("03T10:00")));
    const { resultOf } = await run(files, warehouse, at("03T10:00"));
    expect(resultOf("m").batches?.successful).toEqual([day(2)]);
  });
});

describe("what is there decides", () => {
  const prepared = async (prepare: string, request: RunRequest = {}) => {
    const warehouse = await emptyWarehouse();
    const files = project();
    await setDays(warehouse, 1, 1, 1);
    await run(files, warehouse, at("03T10:00"));
    await setDays(warehouse, 2, 2, 2);
    if (prepare !== "") await warehouse.execute(prepare);
    await run(files, warehouse, { ...at("03T11:00"), ...request });
    return table(warehouse);
  };
  test("the table: it is completed", async () => expect(await prepared("")).toBe("1:1 2:2 3:2"));
  test("no table any more: everything is made", async () => expect(await prepared("drop table m")).toBe("1:2 2:2 3:2"));
  test("a view: everything is made", async () => expect(await prepared("drop table m; create view m as select 1 as n")).toBe("1:2 2:2 3:2"));
  test("--full-refresh: everything is made", async () => expect(await prepared("", { fullRefresh: true })).toBe("1:2 2:2 3:2"));
  test("a time that is named: only that is made", async () => {
    const window = { eventTimeStart: parseTime("2026-01-01") ?? 0, eventTimeEnd: parseTime("2026-01-02") ?? 0 };
    expect(await prepared("", window)).toBe("1:2 2:1 3:1");
    expect(await prepared("", { ...window, fullRefresh: true })).toBe("1:2 2:1 3:1");
  });
});

test("full_refresh: false holds against --full-refresh", async () => {
  const warehouse = await emptyWarehouse();
  const files = project("full_refresh: false");
  await setDays(warehouse, 1, 1, 1);
  await run(files, warehouse, at("03T10:00"));
  await setDays(warehouse, 2, 2, 2);
  await run(files, warehouse, { ...at("03T11:00"), fullRefresh: true });
  expect(await table(warehouse)).toBe("1:1 2:2 3:2");
});

describe("its inputs", () => {
  const reading = async (model: string, upstream: string) => {
    const warehouse = await emptyWarehouse();
    await setDays(warehouse, 2, 1);
    const files = temporaryProject({
      "models/m.yml": `sources: [{name: main, tables: [{name: raw}]}]\nmodels:\n  - {name: m, config: {${settings}}, sql: '${model}'}\n${upstream}`,
    });
    const { problems, resultOf } = await run(files, warehouse, at("02T10:00"));
    return problems.length > 0 ? [problems, resultOf("m").message] : table(warehouse);
  };
  const counted = 'select date_trunc("day", ts) as day, count(*) as n from {{ref "up"}} group by all'.replace('"day"', "''day''");

  test.each(["view", "table", "ephemeral"])("are narrowed to the batch if they are a %s with an event_time", async (materialized) => {
    expect(
      await reading(counted, `  - {name: up, config: {materialized: ${materialized}, event_time: ts}, sql: 'select * from {{source "main" "raw"}}'}\n`),
    ).toBe("1:2 2:1");
  });
  test("may have an alias, a join and their own name", async () => {
    const model = `select date_trunc(''day'', up.ts) as day, count(*) as n from {{ref "up"}} as up join {{ref "up"}} as other using (id, ts) where up.id = other.id group by all`;
    expect(await reading(model, `  - {name: up, config: {event_time: ts}, sql: 'select * from {{source "main" "raw"}}'}\n`)).toBe("1:2 2:1");
  });
  test("may tell their time by an expression", async () => {
    expect(await reading(counted, `  - {name: up, config: {event_time: 'ts + interval 0 hours'}, sql: 'select * from {{source "main" "raw"}}'}\n`)).toBe(
      "1:2 2:1",
    );
  });
  test("that have none are read whole, and what is not of the batch is refused", async () => {
    expect(await reading(counted, `  - {name: up, sql: 'select * from {{source "main" "raw"}}'}\n`)).toEqual([
      ["RT0427 models/m.yml:3:97"],
      "1 of 2 batches failed: 2026-01-01; 1 was not tried",
    ]);
  });
  test("may be compared with the batch by hand", async () => {
    const narrowed = counted.replace("group by", "where ts >= ''{{batch.start}}'' and ts < ''{{batch.end}}'' group by");
    expect(await reading(narrowed, `  - {name: up, sql: 'select * from {{source "main" "raw"}}'}\n`)).toBe("1:2 2:1");
  });
  test("must bring the model's own event_time", async () => {
    const [problems] = (await reading(
      counted.replace("as day", "as d"),
      `  - {name: up, config: {event_time: ts}, sql: 'select * from {{source "main" "raw"}}'}\n`,
    )) as [string[]];
    expect(problems).toEqual(["RT0421 models/m.yml:3:97"]);
  });
});

describe("a column more", () => {
  test.each([
    ["ignore", "success", "dayofmonth(day), n", "1:1 2:1 3:1"],
    ["fail", "error", "dayofmonth(day), n", "1:1 2:1"],
    ["append_new_columns", "success", "dayofmonth(day), n, coalesce(w, 0)", "1:1:0 2:1:7 3:1:7"],
    ["sync_all_columns", "success", "dayofmonth(day), n, coalesce(w, 0)", "1:1:0 2:1:7 3:1:7"],
    ["full_refresh", "success", "dayofmonth(day), n, coalesce(w, 0)", "1:1:7 2:1:7 3:1:7"],
  ])("on_schema_change: %s", async (reaction, status, columns, expected) => {
    const warehouse = await emptyWarehouse();
    const files = project(`on_schema_change: ${reaction}`);
    await setDays(warehouse, 1, 1, 1);
    await run(files, warehouse, at("02T10:00"));
    const { statuses } = await run(files, warehouse, { ...at("03T10:00"), open: { vars: { more: ", 7 as w" } } });
    expect(statuses["m"]).toBe(status);
    expect(await table(warehouse, columns)).toBe(expected);
  });
});

test("hooks are the model's: the first batch is preceded by them, the last one followed", async () => {
  const warehouse = await emptyWarehouse();
  await warehouse.execute("create table log (line varchar)");
  await setDays(warehouse, 1, 1, 1);
  const { statuses } = await run(
    project("pre_hook: \"insert into log values ('before')\", post_hook: \"insert into log select 'after ' || count(*) from m\""),
    warehouse,
    at("03T10:00"),
  );
  expect(statuses).toEqual({ m: "success", below: "success" });
  expect(await warehouse.rows("from log")).toEqual([["before"], ["after 3"]]);
});

test("a sample of the inputs is made as one", async () => {
  const warehouse = await emptyWarehouse();
  await setDays(warehouse, 1, 1, 1);
  const { resultOf } = await run(project(), warehouse, { ...at("03T10:00"), open: { inputs: { kind: "none" } } });
  expect(resultOf("m").batches).toBeUndefined();
  expect(await table(warehouse)).toBe("");
});

test("a batch that was to be done again and failed is done by the next run", async () => {
  const warehouse = await emptyWarehouse();
  const files = project();
  await setDays(warehouse, 1, 1, 1, 1, 1);
  await run(files, warehouse, at("05T10:00"));
  await setDays(warehouse, 4, 4, 4, 4, 4);
  const again = { eventTimeStart: Date.UTC(2026, 0, 1), eventTimeEnd: Date.UTC(2026, 0, 4) };
  const broken = { open: { vars: { where: "where if(ts >= timestamp '2026-01-02', error('boom'), true)" } } };
  expect((await run(files, warehouse, { ...at("05T11:00"), ...again, ...broken })).resultOf("m").status).not.toBe("success");
  const { resultOf } = await run(files, warehouse, at("05T12:00"));
  expect(resultOf("m").status).toBe("success");
  expect((await table(warehouse)).split(" ").slice(1, 3)).toEqual(["2:4", "3:4"]);
});

test("after a sample, also over what was there, every batch is made again", async () => {
  const warehouse = await emptyWarehouse();
  const files = project("contract: {enforced: false}");
  await setDays(warehouse, 1, 2, 1);
  await run(files, warehouse, at("03T10:00"));
  await run(files, warehouse, { ...at("03T11:00"), open: { inputs: { kind: "none" } } });
  expect(await table(warehouse)).toBe("");
  const { resultOf } = await run(files, warehouse, at("03T12:00"));
  expect(resultOf("m").batches?.successful).toEqual([day(1), day(2), day(3)]);
  expect(await table(warehouse)).toBe("1:1 2:2 3:1");
});

test("whatever comes when, as long as it comes no later than the lookback, the table equals one that is made at once", async () => {
  const files = project("lookback: 2");
  const event = fc.record({ day: fc.integer({ min: 1, max: 8 }), late: fc.integer({ min: 0, max: 2 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 12 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 }),
      async (events, runs) => {
        const warehouse = await emptyWarehouse();
        for (const today of [...runs.toSorted(), 8]) {
          await setDays(warehouse);
          const arrived = events.filter(({ day: happened, late }) => happened + late <= today);
          for (const { day: happened } of arrived) await warehouse.execute(`insert into raw values (1, timestamp '2026-01-0${happened} 07:00:00')`);
          expect((await run(files, warehouse, { ...at(`0${today}T23:59`), select: ["m"] })).statuses).toEqual({ m: "success" });
        }
        const inBatches = await table(warehouse);
        await run(files, warehouse, { ...at("08T23:59"), select: ["m"], fullRefresh: true });
        expect(inBatches).toBe(await table(warehouse));
      },
    ),
    { numRuns: 12 },
  );
});
