/** `retain retry`: after a failure, after a second one, after a kill, and when there is nothing to try again. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { runIn } from "./in-process.ts";
import { type Project, projectIn, queryFile, temporaryFolder } from "./program-process.ts";

const chain = {
  "models/chain.yml": `models:
  - {name: first, sql: select 1 as x, columns: [{name: x, tests: [unique, not_null]}]}
  - {name: middle, sql: 'select {{var "column" "x"}} from {{ref "first"}}', columns: [{name: x, tests: [unique, {accepted_values: {values: [1], quote: false}}]}]}
  - {name: last, sql: 'select * from {{ref "middle"}}', config: {materialized: table}}
  - {name: aside, sql: 'select 1 as y'}
`,
};

/** A project with the chain built, and the same with `middle` broken by a variable. */
let broken: Project;
beforeAll(async () => {
  broken = projectIn(temporaryFolder());
  await runIn(broken.directory, ["init", "--minimal"]);
  broken.write(chain);
  expect((await run(broken, "build", "--vars", "{column: nope}", "--threads", "3")).code).toBe(1);
}, 60_000);

function run(project: Project, ...parameters: readonly string[]) {
  return runIn(project.directory, parameters);
}

async function runOk(project: Project, ...parameters: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(project, ...parameters);
  if (code !== 0) throw new Error(`${parameters.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
}

interface Results {
  readonly args: Readonly<Record<string, unknown>>;
  readonly elapsed_time: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly results: readonly { readonly unique_id: string; readonly status: string; readonly timing: readonly { readonly started_at: string }[] }[];
}

function resultsOf(project: Project): Results {
  return JSON.parse(project.read("target/run_results.json")) as Results;
}

/** Status by the short name of each node. */
function statuses(project: Project): Record<string, string> {
  return Object.fromEntries(resultsOf(project).results.map(({ unique_id, status }) => [shortName(unique_id), status]));
}

function shortName(id: string): string {
  return id.split(".")[2] ?? id;
}

/** Names in the last report, in their order. */
function ran(output: string): readonly string[] {
  const report = JSON.parse(output) as { readonly results: readonly { readonly name: string }[] };
  return report.results.map(({ name }) => name);
}

function journals(project: Project): readonly string[] {
  return readdirSync(project.path(".retain")).filter((name) => name.includes("running"));
}

const whole = {
  unique_raw_orders_order_id: "pass",
  not_null_raw_orders_order_id: "pass",
  not_null_raw_orders_customer_id: "pass",
  raw_orders: "success",
  unique_customers_customer_id: "pass",
  not_null_customers_customer_id: "pass",
  accepted_range_customers_revenue__0: "pass",
  customers: "success",
  unique_first_x: "pass",
  not_null_first_x: "pass",
  first: "success",
  unique_middle_x: "pass",
  accepted_values_middle_x__False__1: "pass",
  middle: "success",
  last: "success",
  aside: "success",
};

describe("after a failure", () => {
  test("runs what failed or was skipped, with the flags of that run, and only that", async () => {
    const project = broken.copy();
    const before = resultsOf(project);
    expect(statuses(project)).toMatchObject({ middle: "error", unique_middle_x: "skipped", last: "skipped", first: "success", aside: "success" });
    const ended = await run(project, "retry", "--json");
    // The variable that broke the model is one of the flags.
    expect(ended.code).toBe(1);
    expect(ran(ended.stdout)).toEqual(["unique_middle_x", "accepted_values_middle_x__False__1", "middle", "last"]);
    const after = resultsOf(project);
    expect(Object.keys(statuses(project)).toSorted()).toEqual(Object.keys(whole).toSorted());
    expect(after.args).toMatchObject({ which: "build", vars: "{column: nope}", threads: 3, run_started_at: before.metadata["invocation_started_at"] });
    expect(after.metadata["invocation_id"]).not.toBe(before.metadata["invocation_id"]);
    expect(after.elapsed_time).toBeGreaterThan(before.elapsed_time);
  });

  test("and what went on with old rows, because on_error said continue; --changed does not take that for good either", async () => {
    const project = projectIn(temporaryFolder());
    await runIn(project.directory, ["init", "--minimal"]);
    project.write({
      "models/chain.yml": `models:
  - {name: first, config: {materialized: table, on_error: continue}, sql: 'select {{var "x" 1}} as x', columns: [{name: x, tests: [{accepted_values: {values: [1, 3], quote: false}}]}]}
  - {name: below, config: {materialized: table}, sql: 'select x from {{ref "first"}}'}
  - {name: aside, sql: 'select 1 as y'}
`,
    });
    const xs = () => queryFile(project.warehouse, "select x from below");
    await runOk(project, "build");
    expect((await run(project, "build", "--vars", "{x: 2}")).code).toBe(1);
    expect(statuses(project)).toMatchObject({ first: "error", below: "success" });
    const retried = await run(project, "retry", "--vars", "{x: 3}", "--reporter", "json");
    expect(retried.code).toBe(0);
    expect(ran(retried.stdout).toSorted()).toEqual(["accepted_values_first_x__False__1__3", "below", "first"]);
    expect(await xs()).toEqual([{ x: 3 }]);

    expect((await run(project, "build", "--vars", "{x: 2}")).code).toBe(1);
    const changed = await run(project, "build", "--changed", "--vars", "{x: 1}");
    expect(changed).toMatchObject({ code: 0 });
    expect(await xs()).toEqual([{ x: 1 }]);
    expect(statuses(project)).toMatchObject({ first: "success", below: "success", aside: "reused" });
  });

  test("a second time, with another flag over the old ones, completes the picture", async () => {
    const project = broken.copy();
    expect((await run(project, "retry", "-q")).code).toBe(1);
    project.edit("models/chain.yml", "values: [1]", "values: [2]");
    const second = await run(project, "retry", "--json", "--vars", "{column: x}");
    expect(second.code).toBe(1);
    expect(statuses(project)).toMatchObject({
      middle: "error",
      unique_middle_x: "pass",
      accepted_values_middle_x__False__2: "fail",
      last: "skipped",
      first: "success",
    });
    project.edit("models/chain.yml", "values: [2]", "values: [1]");
    const third = await run(project, "retry", "--json", "--vars", "{column: x}");
    expect(third.code).toBe(0);
    // The test that passed is run again with its model: nothing is published without all of its tests.
    expect(ran(third.stdout)).toEqual(expect.arrayContaining(["unique_middle_x", "middle", "last"]));
    expect(statuses(project)).toMatchObject({ middle: "success", last: "success", unique_middle_x: "pass", first: "success", aside: "success" });
    expect(await project.rows("select * from last")).toEqual([{ x: 1 }]);
    const fourth = await run(project, "retry");
    // The test that was there in between is no part of the project any more, and stays what it was in the results.
    expect([fourth.code, fourth.stdout, fourth.stderr]).toEqual([0, "", "nothing to retry: all 17 nodes of the last build are done\n"]);
  });

  test("keeps the selection of the run: what was left out then is left out now", async () => {
    const project = broken.copy();
    await run(project, "build", "-s", "middle", "--exclude", "test_name:unique", "--vars", "{column: nope}", "-q");
    const ended = await run(project, "retry", "--json", "--vars", "{column: x}");
    expect([ended.code, ran(ended.stdout)]).toEqual([0, ["accepted_values_middle_x__False__1", "middle"]]);
  });

  test("repeats the command: a test run tests, a run builds without testing", async () => {
    const project = broken.copy();
    project.edit("models/chain.yml", "values: [1]", "values: [2]");
    await runOk(project, "run", "-s", "+last", "-q");
    expect((await run(project, "test", "-s", "middle", "-q")).code).toBe(1);
    const again = await run(project, "retry", "--json");
    expect([again.code, ran(again.stdout)]).toEqual([1, ["accepted_values_middle_x__False__2"]]);
    expect(statuses(project)).toEqual({ unique_middle_x: "pass", accepted_values_middle_x__False__2: "fail" });
  });

  test("after an interrupted run goes on with what was not reached", async () => {
    const project = broken.copy();
    project.write({ "models/slow.yml": slow });
    const running = project.start("build", "--threads", "1", "-s", "first", "slow", "after_slow");
    await running.until(/ok +view +first/);
    expect((await running.kill("SIGINT")).code).toBe(130);
    expect(statuses(project)).toMatchObject({ first: "success", slow: "error", after_slow: "skipped" });
    project.write({ "models/slow.yml": fast });
    const ended = await run(project, "retry", "--json");
    expect([ended.code, ran(ended.stdout)]).toEqual([0, ["slow", "after_slow"]]);
  });

  test("another folder's results can be gone on from", async () => {
    const project = broken.copy();
    const other = broken.copy();
    rmSync(project.path("target"), { recursive: true });
    const ended = await run(project, "retry", "--state", other.path("target"), "--json", "--vars", "{column: x}");
    expect([ended.code, ran(ended.stdout).at(-1)]).toEqual([0, "last"]);
    expect(statuses(project)).toEqual(whole);
  });

  test("--dry-run shows the plan and changes nothing", async () => {
    const project = broken.copy();
    const before = project.read("target/run_results.json");
    const ended = await run(project, "retry", "--dry-run");
    expect([ended.code, ended.stdout.split("\n")[0]]).toEqual([0, "2 stages for build in target dev; nothing was run"]);
    expect(resultsOf(project).results).toEqual((JSON.parse(before) as Results).results);
  });
});

/** Long enough to be killed in. */
const slow = `models:
  - {name: slow, sql: 'select sum(a.x * b.x) as x from {{ref "first"}} cross join range(200000) as a (x) cross join range(200000) as b (x)'}
  - {name: after_slow, sql: 'select * from {{ref "slow"}}'}
`.replaceAll("{name: slow,", "{name: slow, config: {materialized: table},");
const fast = slow.replaceAll("200000", "2");

describe("after a kill", () => {
  test("goes on from what was finished; a second kill and a failure in between lose nothing", async () => {
    const project = broken.copy();
    project.write({ "models/slow.yml": slow });
    const killed = project.start("build", "--threads", "1", "-s", "first", "aside", "slow+", "--vars", "{column: x}");
    await killed.until(/ok +view +first/);
    await killed.until(/ok +view +aside/);
    expect((await killed.kill("SIGKILL")).signal).toBe("SIGKILL");
    // What it left in target/ is of the run before.
    expect(statuses(project)).not.toHaveProperty("slow");
    expect(journals(project)).toHaveLength(1);

    const again = project.start("retry", "--threads", "1");
    await again.until("retain build");
    await again.kill("SIGKILL");
    expect(statuses(project)).toMatchObject({ first: "success", unique_first_x: "pass", aside: "success", slow: "skipped", after_slow: "skipped" });
    expect(resultsOf(project).args).toMatchObject({ which: "build", vars: "{column: x}" });
    expect(journals(project)).toHaveLength(1);

    project.write({ "models/slow.yml": fast.replace("after_slow, sql: 'select *", "after_slow, sql: 'select nope") });
    const third = await run(project, "retry", "--json");
    expect([third.code, ran(third.stdout)]).toEqual([1, ["slow", "after_slow"]]);
    expect(statuses(project)).toEqual({
      unique_first_x: "pass",
      not_null_first_x: "pass",
      first: "success",
      aside: "success",
      slow: "success",
      after_slow: "error",
    });
    expect(journals(project)).toEqual([]);

    project.write({ "models/slow.yml": fast });
    const fourth = await run(project, "retry", "--json");
    expect([fourth.code, ran(fourth.stdout)]).toEqual([0, ["after_slow"]]);
    expect(Object.values(statuses(project)).every((status) => status === "success" || status === "pass")).toBe(true);
  }, 60_000);

  test("the next command records what the dead run did, so that nothing untested counts as tested", async () => {
    const project = broken.copy();
    await runOk(project, "build", "-q", "--vars", "{column: x}");
    const tested = () => queryFile(project.path(".retain/state.duckdb"), "select status, tested from node_builds where unique_id = 'model.my_project.first'");
    expect(await tested()).toEqual([{ status: "success", tested: "pass" }]);
    project.write({ "models/slow.yml": slow });
    const killed = project.start("run", "--threads", "1", "-s", "first", "slow");
    await killed.until(/ok +view +first/);
    await killed.kill("SIGKILL");
    expect(await tested()).toEqual([{ status: "success", tested: "pass" }]);
    await run(project, "build", "-s", "aside", "-q");
    // `run` had replaced it without its tests.
    expect(await tested()).toEqual([{ status: "success", tested: "untested" }]);
    expect(journals(project)).toEqual([]);
  }, 60_000);

  test("a journal that cannot be read stops nothing", async () => {
    const project = broken.copy();
    const prefix = project.path(".retain", "state.duckdb.running-");
    project.write({
      ".retain/state.duckdb.running-a.ndjson": "",
      ".retain/state.duckdb.running-b.ndjson": "not json\n",
      ".retain/state.duckdb.running-c.ndjson": '{"half": ',
    });
    expect(existsSync(dirname(prefix))).toBe(true);
    expect((await run(project, "build", "-q", "--vars", "{column: x}")).code).toBe(0);
  });
});

describe("nothing to retry", () => {
  const say = async (project: Project, ...parameters: readonly string[]) => {
    const { code, stderr, stdout } = await run(project, "retry", ...parameters);
    return [code, stdout, stderr.split("\n").slice(0, 2).join("\n")];
  };

  test("before any run, after one that cannot be read, and in a folder that has none", async () => {
    const project = broken.copy();
    rmSync(project.path("target"), { recursive: true });
    expect(await say(project)).toEqual([
      2,
      "",
      "error[RT0017]: nothing can be tried again: there is no run_results.json in target/\n   = help: run `retain build` first",
    ]);
    expect(await say(project, "--state", "elsewhere")).toEqual([
      2,
      "",
      "error[RT0017]: nothing can be tried again: there is no run_results.json in elsewhere/\n   = help: name the folder with the results of a run",
    ]);
    project.write({ "target/run_results.json": '{"results": [' });
    expect((await say(project))[2]).toMatch(/^error\[RT0015\]: target\/run_results\.json: it is not whole JSON/);
    project.write({ "target/run_results.json": '{"results": [], "args": {"which": "docs"}}' });
    expect((await say(project))[2]).toMatch(/^error\[RT0017\]: nothing can be tried again: the last command was docs/);
    project.write({ "target/run_results.json": '{"results": []}' });
    expect((await say(project))[2]).toMatch(/^error\[RT0017\]: .*the results do not say which command wrote them/);
  });

  test("after a run that went well", async () => {
    const project = broken.copy();
    await runOk(project, "build", "-q", "--vars", "{column: x}");
    expect(await say(project)).toEqual([0, "", "nothing to retry: all 16 nodes of the last build are done\n"]);
    expect(await say(project, "-q")).toEqual([0, "", ""]);
  });

  test("when the warehouse was in memory", async () => {
    const project = broken.copy();
    project.edit("retain.yml", "warehouse.duckdb", '":memory:"');
    expect((await run(project, "build", "-q", "--vars", "{column: nope}")).code).toBe(1);
    expect((await say(project))[2]).toBe(
      'error[RT0017]: nothing can be tried again: the warehouse of target "dev" was in memory and is gone\n   = help: run `retain build` again',
    );
  });
});
