/**
 * Ctrl-C, SIGTERM and kill -9 while a build runs: the exit code, what is written of a run that was cut short, and a
 * warehouse that holds only what was committed and tested. The next build needs no help.
 */
import { existsSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { minimalProject, type Project, relationsIn } from "./program-process.ts";

/** Joins that would take hours on this many rows and no time on a few, so that only --vars makes them slow. */
const crossJoin = 'range({{var "size" 3}}) as a, range({{var "size" 3}}) as b where a.range % 7 = b.range % 11 and a.range + b.range < 0';
const slow = ["--vars", "{size: 100000000}"];
/** One call that looks at nothing else until it is done, after minutes: the query cannot be interrupted. */
const stuckSql = `select levenshtein(repeat('a', {{var "size" 3}} + n), repeat('b', {{var "size" 3}})) as distance from (select range as n from range(1))`;

const extra = {
  "models/chain.yml": `models:
  - {name: before_slow, config: {materialized: table}, sql: 'select count(*) as n from {{ref "customers"}}'}
  - {name: slow, config: {materialized: table}, sql: 'select count(*) + min(before_slow.n) as n from {{ref "before_slow"}} as before_slow, ${crossJoin}'}
  - {name: after_slow, sql: 'select * from {{ref "slow"}}'}
`,
};

let project: Project;
beforeAll(async () => {
  project = await minimalProject();
  project.write(extra);
});

const resultsOf = (run: Project): ReadonlyMap<string, string> => {
  const { results } = JSON.parse(run.read("target/run_results.json")) as { results: { unique_id: string; status: string }[] };
  return new Map(results.map(({ unique_id, status }) => [unique_id, status]));
};

/** Starts a build whose events can be waited for. */
const startBuild = (run: Project, ...parameters: readonly string[]) => run.start("build", "--reporter", "ndjson", ...parameters);
const started = (id: string) => new RegExp(`"type":"node_started"[^\\n]*"${id.replaceAll(".", "\\.")}"`);

async function waitForStart(running: ReturnType<typeof startBuild>, id: string): Promise<void> {
  await running.untilMatch(started(id));
}

describe("a polite end", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s: %i, what is published stays, what ran is written down", async (signal, code) => {
    const run = project.copy();
    const running = startBuild(run, ...slow);
    await waitForStart(running, "model.my_project.slow");
    const ended = await running.kill(signal);
    expect(ended).toMatchObject({ code, signal: null, stderr: "" });

    const last = JSON.parse(ended.stdout.trimEnd().split("\n").at(-1) ?? "") as Record<string, unknown>;
    expect(last).toMatchObject({ type: "run_finished", interrupted: true });
    expect(await relationsIn(run)).toEqual(["before_slow", "customers", "raw_orders"]);
    const results = resultsOf(run);
    expect(results.get("model.my_project.customers")).toBe("success");
    expect(results.get("model.my_project.before_slow")).toBe("success");
    expect(results.get("model.my_project.slow")).toBe("error");
    expect(results.get("model.my_project.after_slow")).toBe("skipped");
    for (const name of ["manifest.json", "catalog.json"]) expect(existsSync(run.path("target", name))).toBe(true);

    expect(await run.run("build")).toMatchObject({ code: 0 });
    expect(await relationsIn(run)).toEqual(["after_slow", "before_slow", "customers", "raw_orders", "slow"]);
  });

  test("people are told what was cut short and what to do, without a stack or an error code", async () => {
    const run = project.copy();
    const running = run.start("build", ...slow);
    await running.until("before_slow");
    // The node before has finished; a moment later or not yet, the slow one runs.
    const ended = await running.kill("SIGINT");
    expect(ended.code).toBe(130);
    expect(ended.stdout).toMatch(/^Build interrupted after /);
    expect(ended.stdout).toContain("\nNext: what is published stays; `retain build` starts again.\n");
    expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/RT\d{4}|^\s+at /m);
    expect(ended.stderr).toMatch(/^ {2}ok {4}table {2}customers /m);
  });

  test("the second signal leaves at once, also when the query cannot be interrupted", async () => {
    const run = project.copy();
    run.write({ "models/stuck.yml": `models: [{name: stuck, config: {materialized: table}, sql: "${stuckSql}"}]\n` });
    const running = startBuild(run, "--select", "stuck", "--vars", "{size: 300000}");
    await waitForStart(running, "model.my_project.stuck");
    running.child.kill("SIGINT");
    await running.quiet();
    const ended = await running.kill("SIGINT");
    // A shell shows both as 130.
    expect(ended.code ?? ended.signal).toSatisfy((end) => end === 130 || end === "SIGINT");
    expect(await relationsIn(run)).toEqual([]);
    expect(await run.run("build")).toMatchObject({ code: 0 });
  });
});
