/**
 * Ctrl-C, SIGTERM and kill -9 while a build runs: the exit code, what is written of a run that was cut short, and a
 * warehouse that holds only what was committed and tested. The next build needs no help.
 */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { holdFile, minimalProject, type Project, type Running, relationsIn, retainOk } from "./program-process.ts";

/** Counts for hours where --vars say so, and for no time at all where they do not. */
const counting = (name: string) => `(select count(*) from range({{var "${name}" 3}}) as r where r.range % 7 = 9)`;
const forHours = (name: string): readonly string[] => ["--vars", `{${name}: 10000000000000}`];
const all = ["after_slow", "audited", "before_slow", "customers", "raw_orders", "slow"];

let project: Project;
/** What was published yesterday: two rows of one customer and one of another. */
let yesterday: Project;
beforeAll(async () => {
  project = await minimalProject();
  project.write({
    "models/chain.yml": `models:
  - {name: before_slow, config: {materialized: table}, sql: 'select count(*) as n from {{ref "customers"}}'}
  - {name: slow, config: {materialized: table}, sql: 'select n + ${counting("model_size")} as n from {{ref "before_slow"}}'}
  - {name: after_slow, sql: 'select * from {{ref "slow"}}'}
  - {name: audited, config: {materialized: table}, sql: 'select n from {{ref "before_slow"}}'}
`,
    "test/data/audited_takes_long.sql": `select * from {{ref "audited"}} where ${counting("test_size")} > 0\n`,
  });
  yesterday = project.copy();
  await retainOk(yesterday.directory, ["build", "--select", "raw_orders+1"]);
});

/** Starts a build whose events can be waited for. */
const startBuild = (run: Project, ...parameters: readonly string[]): Running => run.start("build", "--reporter", "ndjson", ...parameters);
const nodeStarted = (name: string) => new RegExp(`"type":"node_started","unique_id":"[a-z]+\\.my_project\\.${name}"`);
const nodeFinished = (name: string) => new RegExp(`"type":"node_finished","unique_id":"[a-z]+\\.my_project\\.${name}"`);

function statusesOf(run: Project): Readonly<Record<string, string>> {
  const { results } = JSON.parse(run.read("target/run_results.json")) as { results: { unique_id: string; status: string }[] };
  return Object.fromEntries(
    results.filter(({ unique_id }) => !unique_id.startsWith("test.")).map(({ unique_id, status }) => [unique_id.split(".").at(-1), status]),
  );
}

describe("the first signal stops what runs and writes down what became of it", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends with %i; what is published stays", async (signal, code) => {
    const run = project.copy();
    const running = startBuild(run, ...forHours("model_size"));
    await running.until(nodeStarted("slow"));
    await running.until(nodeFinished("audited"));
    const ended = await running.kill(signal);
    expect(ended).toMatchObject({ code, signal: null, stderr: "" });

    const last: unknown = JSON.parse(ended.stdout.trimEnd().split("\n").at(-1) ?? "");
    expect(last).toMatchObject({ type: "run_finished", interrupted: true });
    expect(await relationsIn(run)).toEqual(["audited", "before_slow", "customers", "raw_orders"]);
    expect(statusesOf(run)).toEqual({
      raw_orders: "success",
      customers: "success",
      before_slow: "success",
      audited: "success",
      slow: "error",
      after_slow: "skipped",
    });
    for (const name of ["manifest.json", "catalog.json"]) expect(existsSync(run.path("target", name))).toBe(true);

    expect(await run.run("build")).toMatchObject({ code: 0 });
    expect(await relationsIn(run)).toEqual(all);
  });

  test("people are told what was cut short and what to do next, without a code or a stack", async () => {
    const run = project.copy();
    const running = run.start("build", "--exclude", "audited", ...forHours("model_size"));
    await running.until(/ok {4}table {2}before_slow/);
    const ended = await running.kill("SIGINT");
    expect(ended.code).toBe(130);
    expect(ended.stdout).toMatch(/^Build interrupted after /);
    expect(ended.stdout).toMatch(/\n {2}skip {2}.*after_slow: the run was interrupted\n/);
    expect(ended.stdout).toContain("\nNext: what is published stays; `retain build` starts again.\n");
    expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/RT\d{4}|^\s+at /m);
  });

  test("inside an audit, nothing of the audited model is published", async () => {
    const run = project.copy();
    const running = startBuild(run, "--exclude", "slow+", ...forHours("test_size"));
    await running.until(nodeStarted("audited"));
    const ended = await running.kill("SIGINT");
    expect(ended.code).toBe(130);
    expect(await relationsIn(run)).toEqual(["before_slow", "customers", "raw_orders"]);
  });
});

test("a build that still waits for the warehouse can be stopped, and the one that holds it is not disturbed", async () => {
  const run = yesterday.copy();
  const holder = await holdFile(run.warehouse);
  const waiting = run.start("build", "--lock-timeout", "50");
  await waiting.until("waiting for ");
  const ended = await waiting.kill("SIGINT");
  // A shell shows both as 130.
  expect(ended.code ?? ended.signal).toSatisfy((end) => end === 130 || end === "SIGINT");
  expect(ended.stdout).toBe("");
  expect(ended.stderr).not.toMatch(/^\s+at |RT0901/m);
  await holder.release();
  expect(await run.rows("select count(*)::integer as n from customers")).toEqual([{ n: 2 }]);
});

test("the second signal leaves at once, also when the query cannot be interrupted", async () => {
  const run = project.copy();
  // One call that looks at nothing else before it is done, in many minutes.
  run.write({
    "models/stuck.yml": `models: [{name: stuck, config: {materialized: table}, sql: "select levenshtein(repeat('a', 300000 + n), repeat('b', 300000)) as d from (select range as n from range(1))"}]\n`,
  });
  const running = startBuild(run, "--select", "stuck");
  await running.until(nodeStarted("stuck"));
  const impatient = setInterval(() => running.child.kill("SIGINT"), 300);
  onTestFinished(() => clearInterval(impatient));
  const ended = await running.ended;
  // A shell shows both as 130.
  expect(ended.code ?? ended.signal).toSatisfy((end) => end === 130 || end === "SIGINT");
  expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/^\s+at /m);
  run.remove("models/stuck.yml");
  expect(await relationsIn(run)).toEqual([]);
}, 30_000);

describe("kill -9 leaves a warehouse that opens and holds only what was tested; the next build heals it", () => {
  const points: readonly (readonly [string, readonly string[], RegExp, number])[] = [
    ["as the run begins", [], /"type":"run_started"/, 0],
    ["after the first relation", forHours("model_size"), nodeFinished("raw_orders"), 0],
    ["while a model is computed", forHours("model_size"), nodeStarted("slow"), 200],
    ["while a model that is written is audited", forHours("test_size"), nodeStarted("audited"), 400],
  ];
  test.each(points)("%s", async (_, parameters, moment, patience) => {
    const run = yesterday.copy();
    // Today there is a third customer.
    run.edit("seeds/raw_orders.csv", "3,b", "4,c,2026-02-13,7.00\n3,b");
    const running = startBuild(run, ...parameters);
    await running.until(moment);
    await sleep(patience);
    expect(await running.kill("SIGKILL")).toMatchObject({ code: null, signal: "SIGKILL" });

    const left = await relationsIn(run);
    expect(all).toEqual(expect.arrayContaining([...left]));
    if (parameters.length > 0) expect(left).not.toContain(parameters[1]?.includes("model_size") ? "slow" : "audited");
    const counts = await run.rows("select (select count(*)::integer from raw_orders) as orders, (select count(*)::integer from customers) as customers");
    expect([
      { orders: 3, customers: 2 },
      { orders: 4, customers: 2 },
      { orders: 4, customers: 3 },
    ]).toContainEqual(counts[0]);

    const shown = await run.run("show", "raw_orders", "--json");
    expect(shown.code).toBe(0);
    expect(JSON.parse(shown.stdout)).toHaveLength(Number(counts[0]?.["orders"]));
    await retainOk(run.directory, ["build"]);
    expect(await relationsIn(run)).toEqual(all);
    expect(await run.rows("select count(*)::integer as n from customers")).toEqual([{ n: 3 }]);
    expect(existsSync(`${run.warehouse}.wal`)).toBe(false);
  });

  test("at any moment of writing a large table: it is whole, or it is not there", async () => {
    const run = project.copy();
    run.write({
      "models/large.yml": "models: [{name: large, config: {materialized: table}, sql: 'select range as n, md5(range::varchar) as h from range(1000000)'}]\n",
    });
    for (const patience of [20, 150, 500]) {
      const running = startBuild(run, "--select", "large");
      await running.until(nodeStarted("large"));
      await sleep(patience);
      await running.kill("SIGKILL");
      const [relation] = await relationsIn(run);
      if (relation !== undefined)
        expect(await run.rows("select count(*)::integer as n, count(distinct h)::integer as hashes from large")).toEqual([{ n: 1_000_000, hashes: 1_000_000 }]);
    }
    await retainOk(run.directory, ["build", "--select", "large"]);
    expect(await run.rows("select count(*)::integer as n from large")).toEqual([{ n: 1_000_000 }]);
  });
});
