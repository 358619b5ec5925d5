/**
 * A process may die at any moment. Before every statement of a build a copy is kept of what is on the disk: that is what a
 * kill would leave there. Each copy has to open, hold only whole and tested relations, and be made good by the next build.
 */
import { cpSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { duckdbEngine } from "../../src/adapters/duckdb/engine.ts";
import type { Database } from "../../src/ports/engine.ts";
import { probed } from "../fixtures/probed-database.ts";
import { openReady, temporaryProject } from "../fixtures/temporary-project.ts";
import { runReady, type Warehouse } from "../fixtures/warehouse.ts";

const batched = "materialized: incremental, incremental_strategy: microbatch, event_time: day, begin: 2026-01-01, batch_size: day";
const models = `models:
  - {name: src, config: {materialized: table, event_time: ts}, sql: "select range as id, {{var "n"}} as v, range % 3 as p, timestamp '2026-01-01' + to_days(cast(range % {{var "n"}} as integer)) as ts from range(30)"}
  - {name: merged, config: {materialized: incremental, incremental_strategy: merge, unique_key: id}, columns: [{name: id, tests: [unique]}], sql: 'select id, v from {{ref "src"}}'}
  - {name: daily, config: {${batched}}, columns: [{name: day, tests: [unique]}], sql: 'select cast(ts as date) as day, count(*) as n from {{ref "src"}} group by all'}
  - {name: whole, config: {materialized: external, location: files/whole.parquet}, columns: [{name: id, tests: [unique]}], sql: 'select id, v from {{ref "src"}}'}
  - {name: parts, config: {materialized: external, location: files/parts, partition_by: p, incremental_strategy: insert_overwrite}, columns: [{name: id, tests: [unique]}], sql: 'select id, v, p from {{ref "src"}}'}
snapshots:
  - {name: history, relation: ref('src'), config: {strategy: check, unique_key: id, check_cols: [v]}, columns: [{name: dbt_scd_id, tests: [unique]}]}
`;

test("whatever the moment, the warehouse opens and holds only whole, tested relations, and the next build makes it good", async () => {
  const project = temporaryProject({
    "retain.yml": "name: shop\ntargets: {dev: {type: duckdb, path: w.duckdb}}\n",
    "models/m.yml": models
      .replaceAll('"select', "'select")
      .replaceAll('range(30)"', "range(30)'")
      .replaceAll("timestamp '2026-01-01'", "timestamp ''2026-01-01''"),
  });
  const home = project.directory;
  const live = join(home, "live");
  const copies = join(home, "copies");
  mkdirSync(live);
  mkdirSync(copies);
  const build = async (n: number, watch?: () => void): Promise<void> => {
    // The files of the models lie in the folder that is copied.
    const ready = await openReady(project, { vars: { n } });
    const inside = { ...ready, config: { ...ready.config, projectDir: live } };
    const database = await open(join(live, "w.duckdb"));
    const warehouse = { database: watch ? probed(database, watch) : database } as Warehouse;
    const { statuses } = await runReady(inside, warehouse, { threads: 1, startedAt: `2026-01-0${n === 2 ? 2 : 9}T12:00:00.000Z` });
    expect(Object.values(statuses).filter((status) => status !== "success" && status !== "pass")).toEqual([]);
    database.close();
  };

  await build(2);
  let points = 0;
  await build(5, () => {
    cpSync(live, join(copies, String(points)), { recursive: true, verbatimSymlinks: true });
    points += 1;
  });
  expect(points).toBeGreaterThan(100);
  const states = new Set<string>();
  for (let i = 0; i < points; i++) {
    rmSync(live, { recursive: true });
    renameSync(join(copies, String(i)), live);
    states.add(await stateOf(live));
    // Making each of them good would take most of the time; what they have in common is seen in some.
    if (i % 40 !== 0) continue;
    await build(5);
    expect(await stateOf(live)).toBe(whole(5));
  }
  // One relation after another: never a part of one, and never files that the view does not know of for longer than a moment.
  expect([...states]).toEqual(["2 2 2 2 2 2", "5 2 2 2 2 2", "5 5 2 5 2 2", "5 5 5 5 5 2"].map((state) => `${state} days remembered`));
}, 120_000);

async function open(path: string): Promise<Database> {
  const opened = await duckdbEngine.open({ path, readOnly: false, settings: { threads: 1 }, extensions: [], attach: [], lockTimeoutSeconds: 0 });
  if (!opened.value) throw new Error(JSON.stringify(opened.diagnostics));
  return opened.value;
}

/** What each relation is made of: one build (`2` or `5`), with whole days in between; `broken` for anything else. */
async function stateOf(folder: string): Promise<string> {
  const database = await open(join(folder, "w.duckdb"));
  const connection = await database.connect();
  const one = async (sql: string) => String(Object.values((await connection.query(sql)).rows[0] ?? {})[0]);
  const builtBy = (from: string) => one(`select if(count(*) = 30 and count(distinct v) = 1, cast(any_value(v) as varchar), 'broken') from ${from}`);
  const files = join(folder, "files");
  const parts = [
    await builtBy("merged"),
    await builtBy("whole"),
    await builtBy("parts"),
    await builtBy(`'${files}/whole.parquet'`),
    await builtBy(`'${files}/parts/*/*.parquet'`),
    await one("select if(count(*) filter (where dbt_valid_to is null) = 30 and count(*) in (30, 60), cast(max(v) as varchar), 'broken') from history"),
    // A day is there as its batch was committed, by the one build or by the other.
    await one("select if(bool_and(n in (15, 6)) and count(distinct day) = count(*), 'days', 'broken') from daily"),
    await one("select if(count(*) = 0, 'remembered', 'broken') from daily where day not in (select batch_start from retain_memory.batches)"),
  ];
  connection.close();
  database.close();
  return parts.join(" ");
}

function whole(n: number): string {
  return [n, n, n, n, n, n, "days", "remembered"].join(" ");
}
