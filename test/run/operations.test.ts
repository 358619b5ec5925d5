/** What a run begins and ends with: order, results, failures that are nobody else's, and what stands in the manifest. */
import { describe, expect, test } from "vitest";
import { createManifest } from "../../src/artifacts/manifest.ts";
import { openReady, takeMark, temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, run } from "../fixtures/warehouse.ts";

const settings = (more: string) => `name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\n${more}`;
const model = { "models/m.yml": "models: [{name: m, config: {materialized: table}, sql: select 1 as id, columns: [{name: id, tests: [unique]}]}]\n" };
const log = "create table if not exists log (id varchar, status varchar)";

test("a run begins with on_run_start and ends with on_run_end, which reads what became of the nodes", async () => {
  const warehouse = await emptyWarehouse();
  const project = temporaryProject({
    ...model,
    "retain.yml": settings(
      `on_run_start: ["${log}", "insert into log values ('start', '{{run.invocation_id}}')"]\non_run_end: [{sql: "insert into log select unique_id, status from {{results}} where resource_type <> 'operation'"}]\n`,
    ),
  });
  const { statuses, result } = await run(project, warehouse);
  expect(statuses).toEqual({ "on_run_start 1": "success", "on_run_start 2": "success", "unique m.id": "pass", m: "success", "on_run_end 1": "success" });
  expect(result.results.map((node) => node.title)).toEqual(["on_run_start 1", "on_run_start 2", "unique m.id", "m", "on_run_end 1"]);
  expect(await warehouse.rows("select * from log order by id")).toEqual([
    ["model.shop.m", "success"],
    ["start", "11111111-2222-4333-8444-555555555555"],
    [expect.stringMatching(/^test\.shop\.unique_m_id\./), "pass"],
  ]);
});

test("on_run_end runs when nodes have failed, too", async () => {
  const warehouse = await emptyWarehouse();
  const files = {
    "models/m.yml": "models: [{name: m, sql: select nope}]\n",
    "retain.yml": settings(`on_run_end: "create table seen as select name, status, message from {{results}}"\n`),
  };
  const { statuses } = await run(temporaryProject(files), warehouse);
  expect(statuses).toEqual({ m: "error", "on_run_end 1": "success" });
  expect(await warehouse.rows("select * from seen")).toEqual([["m", "error", 'unknown column "nope"']]);
});

test("nothing is begun or ended where nothing is to be done", async () => {
  const files = { ...model, "retain.yml": settings("on_run_start: selct\n") };
  const { result } = await run(temporaryProject(files), await emptyWarehouse(), { command: "seed" });
  expect(result.results).toEqual([]);
});

describe("a failure is an error of its own, at its own text", () => {
  test("of on_run_start: nothing else is run", async () => {
    const warehouse = await emptyWarehouse();
    const marked = takeMark({
      ...model,
      "retain.yml": settings(`on_run_start:\n  - ${log}\n  - "insert into log values ('a', 'b'); §selct 1"\n  - select 1\non_run_end: select 1\n`),
    });
    const { statuses, problems } = await run(temporaryProject(marked.files), warehouse);
    expect(statuses).toEqual({
      "on_run_start 1": "success",
      "on_run_start 2": "error",
      "on_run_start 3": "skipped",
      "unique m.id": "skipped",
      m: "skipped",
      "on_run_end 1": "skipped",
    });
    expect(problems).toEqual([`RT0401 ${marked.place}`]);
    // Each text is a transaction.
    expect(await warehouse.rows("select count(*) from log")).toEqual([[0]]);
  });

  test("of on_run_end: no node is marked as failed", async () => {
    const marked = takeMark({ ...model, "retain.yml": settings('on_run_end: ["select * from §nowhere", select 1]\n') });
    const { statuses, problems, resultOf } = await run(temporaryProject(marked.files), await emptyWarehouse());
    expect(statuses).toEqual({ "unique m.id": "pass", m: "success", "on_run_end 1": "error", "on_run_end 2": "skipped" });
    expect(resultOf("on_run_end 1").diagnostics[0]?.help).toMatch(/^on_run_end runs as it stands: make what it names before/);
    expect(problems).toEqual([`RT0403 ${marked.place}`]);
  });
});

test.each([
  ['on_run_start: "select * from §{{results}}"\n', 'RT0301 error § "results" is not defined here'],
  ["on_run_end: \"select * from §{{ref 'nope'}}\"\n", 'RT0203 error § unknown model "nope"'],
  ["on_run_end: {sql: select 1, §transactoin: false}\n", 'RT0103 error § unknown key "transactoin" in retain.yml: on_run_end'],
  ["on_run_start: §commit\n", 'RT0333 error § a hook inside the transaction must not say "commit"'],
])("mistakes are told before anything is run: %s", async (text, line) => {
  const marked = takeMark({ ...model, "retain.yml": settings(text) });
  const { said } = await temporaryProject(marked.files).open();
  expect(said.map((told) => told.replace(marked.place, "§").replace(/^(RT0301 error) retain\.yml:\d+:\d+/, "$1 §"))).toEqual([line]);
});

test.each([
  ["operations: [{name: o, sql: select 1}, {name: §o, sql: select 2}]\n", 'RT0206 error § operation "o" is declared twice'],
  ['operations: [{name: o, sql: "§{{> nope}}"}]\n', 'RT0208 error § unknown macro "nope"'],
  ["operations: [{name: §o}]\n", /^RT0104 error .* operation "o": sql/],
])("declarations that make no sense are told: %s", async (text, line) => {
  const marked = takeMark({ "models/o.yml": text });
  const { said } = await temporaryProject(marked.files).open();
  expect(said.map((told) => told.replace(marked.place, "§"))).toEqual([typeof line === "string" ? line : expect.stringMatching(line)]);
});

test("the manifest has the hooks of a run as operations and the named ones as SQL operations", async () => {
  const files = {
    ...model,
    "retain.yml": settings("on_run_start: select 1\non_run_end: select 2\n"),
    "models/o.yml": "operations: [{name: refill, description: Fills it, sql: 'insert into {{ref \"m\"}} values (2)'}]\n",
  };
  const { config, graph, compiled } = await openReady(temporaryProject(files));
  const invocation = { invocationId: "11111111-2222-4333-8444-555555555555", startedAt: "2026-07-01T00:00:00.000Z", generatedAt: "2026-07-01T00:00:01.000Z" };
  const manifest = createManifest({ config, graph, compiled, invocation, catalogName: "memory", version: "0.0.0" });
  const entries = Object.entries(manifest["nodes"] ?? {}).filter(([id]) => id.includes("operation."));
  expect(entries.map(([id, entry]) => [id, (entry as { resource_type: string }).resource_type])).toEqual([
    ["operation.shop.shop-on-run-start-0", "operation"],
    ["operation.shop.shop-on-run-end-0", "operation"],
    ["sql_operation.shop.refill", "sql_operation"],
  ]);
  expect(manifest["parent_map"]).toMatchObject({ "sql_operation.shop.refill": ["model.shop.m"] });
});
