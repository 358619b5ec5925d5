/** `--defer`: what is not built here is read from another warehouse, by the manifest of --state or by --defer-target. */
import { renameSync, rmSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { runIn } from "./in-process.ts";
import { hashOf, holdFile, type Project, projectIn, queryFile, temporaryFolder } from "./program-process.ts";

const files = {
  "retain.yml": `name: shop
default_target: dev
targets:
  dev: {type: duckdb, path: dev.duckdb}
  prod: {type: duckdb, path: "\${PROD_PATH:-prod.duckdb}", schema: gold}
  ci: {type: duckdb, path: ":memory:"}
  beside: {type: duckdb, path: prod.duckdb, schema: feature}
`,
  "seeds/raw.csv": "id,v\n1,prod\n",
  "seeds/raw.yml": "seeds: [{name: raw, columns: [{name: id, data_type: integer}, {name: v, data_type: varchar}]}]\n",
  "models/m.yml": `models:
  - {name: stg, sql: 'select * from {{ref "raw"}}'}
  - {name: inner_part, config: {materialized: ephemeral}, sql: 'select id, v from {{ref "stg"}}'}
  - {name: fixed, config: {materialized: table, schema: fixed}, sql: 'select 7 as seven'}
  - name: mart
    config: {materialized: table}
    sql: 'select id, v, seven from {{ref "inner_part"}} cross join {{ref "fixed"}}'
    columns: [{name: id, tests: [unique, {relationships: {to: ref('stg'), field: id}}]}]
  - {name: peek, sql: 'select * from {{ref "stg"}}'}
`,
};

/** Built in prod, whose artifacts are in `state/`; nothing is built in dev. */
let base: Project;
beforeAll(async () => {
  base = projectIn(temporaryFolder());
  base.write(files);
  expect(await runIn(base.directory, ["build", "-q", "-t", "prod"])).toMatchObject({ code: 0 });
  renameSync(base.path("target"), base.path("state"));
});

const run = (project: Project, ...parameters: readonly string[]) => runIn(project.directory, parameters);
const dev = (project: Project, sql: string) => queryFile(project.path("dev.duckdb"), sql);
const problems = (stderr: string) => stderr.split("\n").filter((line) => /^(error|warning|info)\[|^ +-->/.test(line));

/** SQL of `mart` as it is compiled. */
async function compiled(project: Project, ...parameters: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(project, "compile", "mart", ...parameters);
  return stdout === "" ? stderr : stdout;
}

describe("what is not selected", () => {
  test.each([
    ["by the manifest of --state", ["--defer", "--state", "state"]],
    ["by another target", ["--defer-target", "prod"]],
    ["by both", ["--defer", "--state", "state", "--defer-target", "prod"]],
  ])("is read from the other warehouse, %s", async (_, flags) => {
    const project = base.copy();
    const before = hashOf(project.path("prod.duckdb"));
    const built = await run(project, "build", "-s", "mart", ...flags, "-q");
    expect([built.code, built.stderr]).toEqual([0, ""]);
    expect(await dev(project, "select * from main.mart")).toEqual([{ id: 1, v: "prod", seven: 7 }]);
    expect(await dev(project, "select table_name from information_schema.tables order by 1")).toEqual([{ table_name: "mart" }]);
    expect(hashOf(project.path("prod.duckdb"))).toBe(before);
  });

  test("is compiled so, through ephemeral models and in a schema of its own, also where nothing was ever built", async () => {
    const project = base.copy();
    const sql = await compiled(project, "--defer", "--state", "state");
    expect(sql).toContain('from "retain_deferred"."gold"."stg"');
    expect(sql).toContain('"retain_deferred"."fixed"."fixed"');
    expect(sql).toContain('"__retain__cte__inner_part"');
    expect((await run(project, "show", "mart", "--defer-target", "prod", "--output", "csv")).stdout).toBe("id,v,seven\n1,prod,7\n");
    expect((await run(project, "show", "--inline", 'select v from {{ref "raw"}}', "--defer-target", "prod", "--output", "csv")).stdout).toBe("v\nprod\n");
  });

  test("is read from here where it is built here, but with --favor-state", async () => {
    const project = base.copy();
    project.write({ "seeds/raw.csv": "id,v\n1,dev\n" });
    expect((await run(project, "build", "-s", "+stg", "--indirect-selection", "cautious", "-q")).code).toBe(0);
    const show = async (...flags: readonly string[]) => (await run(project, "show", "mart", "--output", "csv", ...flags)).stdout;
    expect(await show("--defer", "--state", "state")).toBe("id,v,seven\n1,dev,7\n");
    expect(await show("--favor-state", "--state", "state")).toBe("id,v,seven\n1,prod,7\n");
    expect((await run(project, "build", "-s", "mart", "--defer-target", "prod", "--favor-state", "-q")).code).toBe(0);
    expect(await dev(project, "select v from mart")).toEqual([{ v: "prod" }]);
  });

  test("is read from here when it is selected, wherever else it stands", async () => {
    const project = base.copy();
    project.write({ "seeds/raw.csv": "id,v\n1,dev\n" });
    expect((await run(project, "build", "-s", "raw", "stg", "mart", "--favor-state", "--state", "state", "-q")).code).toBe(0);
    expect(await dev(project, "select v, seven from mart")).toEqual([{ v: "dev", seven: 7 }]);
  });

  test("is tested there when only its test is selected", async () => {
    const project = base.copy();
    const tested = await run(project, "test", "-s", "test_name:relationships", "--defer", "--state", "state", "--json");
    expect(tested.code).toBe(2);
    // A test alone creates no warehouse.
    expect(problems(tested.stderr)[0]).toMatch(/^error\[RT0505\]/);
    await run(project, "seed", "-q");
    expect((await run(project, "test", "-s", "test_name:relationships", "--defer", "--state", "state", "-q")).code).toBe(0);
  });

  test("of another schema in the same file needs nothing attached", async () => {
    const project = base.copy();
    const built = await run(project, "build", "-t", "beside", "-s", "mart", "peek", "--defer-target", "prod");
    expect([built.code, problems(built.stderr)]).toEqual([0, []]);
    expect(await queryFile(project.path("prod.duckdb"), "select (select v from feature.mart) as mart, (select v from feature.peek) as peek")).toEqual([
      { mart: "prod", peek: "prod" },
    ]);
  });

  test("makes views that need the other warehouse, which is said", async () => {
    const project = base.copy();
    const built = await run(project, "build", "-s", "peek", "mart", "--defer", "--state", "state");
    expect(problems(built.stderr)).toEqual(['info[RT0508]: these views work only where the other warehouse is attached as retain_deferred: "peek"']);
    expect((await run(project, "test", "-s", "mart", "--defer-target", "prod", "-q")).code).toBe(0);
  });

  test("is read there by a retry, too", async () => {
    const project = base.copy();
    project.edit("models/m.yml", "select id, v, seven", "select id, v, nope, seven");
    expect((await run(project, "build", "-s", "mart", "--defer", "--state", "state", "-q")).code).toBe(1);
    project.edit("models/m.yml", "nope, ", "");
    expect((await run(project, "retry", "-q")).code).toBe(0);
    expect(await dev(project, "select v from mart")).toEqual([{ v: "prod" }]);
  });
});

describe("without another warehouse nothing is run", () => {
  test("what stands in neither is said for each ref, at its place", async () => {
    const project = base.copy();
    project.edit("models/m.yml", "name: stg", "name: staging");
    project.write({ "models/m.yml": project.read("models/m.yml").replaceAll('{{ref "stg"}}', '{{ref "staging"}}').replace("ref('stg')", "ref('staging')") });
    project.edit("models/m.yml", "seven from", "seven, new.x from");
    project.edit("models/m.yml", 'cross join {{ref "fixed"}}', 'cross join {{ref "fixed"}} cross join {{ref "newer"}} as new');
    project.edit("models/m.yml", "models:", "models:\n  - {name: newer, sql: select 1 as x}");
    const built = await run(project, "build", "-s", "mart", "peek", "--defer", "--state", "state");
    expect([built.code, built.stdout]).toEqual([2, ""]);
    expect(problems(built.stderr)).toEqual([
      'error[RT0507]: "peek" reads "staging", which is neither in this warehouse nor in the warehouse of state',
      "   --> models/m.yml:10:38",
      'error[RT0507]: "mart" reads "newer", which is neither in this warehouse nor in the warehouse of state',
      "  --> models/m.yml:8:102",
    ]);
  });

  test.each([
    [
      ["--defer"],
      /^error\[RT0506\]: --defer cannot read from another warehouse: none is named\n {3}= help: name a target of retain\.yml with --defer-target NAME, or an earlier run of it with --state DIR\n$/,
    ],
    [["--favor-state"], /^error\[RT0506\]: .*none is named/],
    [["--defer-target", "production"], /^error\[RT0106\]: there is no target "production"/],
    [["--defer-target", "ci"], /^error\[RT0506\]: .*target "ci" was in memory/],
    [["--defer", "--state", "elsewhere"], /^error\[RT0015\]: elsewhere: there is no such folder/],
  ])("%j", async (flags, expected) => {
    for (const command of ["build", "compile"]) {
      const { code, stdout, stderr } = await run(base, command, "-s", "mart", ...flags);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(expected);
    }
  });

  test("that is gone", async () => {
    const project = base.copy();
    rmSync(project.path("prod.duckdb"));
    const { code, stderr } = await run(project, "build", "-s", "mart", "--defer", "--state", "state");
    expect([code, problems(stderr)]).toEqual([2, [expect.stringMatching(/^error\[RT0506\]: .*the warehouse of state is not there \(.*prod\.duckdb\)$/)]]);
  });

  test("that is written to by another process is waited for", async () => {
    const project = base.copy();
    const held = await holdFile(project.path("prod.duckdb"));
    const refused = await run(project, "build", "-s", "mart", "--defer-target", "prod", "--lock-timeout", "0");
    expect([refused.code, problems(refused.stderr)]).toEqual([
      2,
      [expect.stringMatching(/^error\[RT0501\]: .*prod\.duckdb is held by another process \(node, PID \d+\)$/)],
    ]);
    const waiting = run(project, "build", "-s", "mart", "--defer-target", "prod", "--lock-timeout", "30");
    await held.release();
    expect((await waiting).code).toBe(0);
  });

  test("whose path the environment gave is not told to others, so its target has to be named", async () => {
    const project = base.copy();
    await runIn(project.directory, ["parse", "-q", "-t", "prod"], { PROD_PATH: "elsewhere.duckdb" });
    expect(project.read("target/manifest.json")).not.toContain("elsewhere.duckdb");
    const { code, stderr } = await run(project, "build", "-s", "mart", "--defer", "--state", "target");
    expect([code, stderr]).toEqual([
      2,
      "error[RT0506]: --defer cannot read from another warehouse: the manifest in target names it by the environment: ${PROD_PATH:-prod.duckdb}\n   = help: name its target: --defer-target prod\n",
    ]);
  });

  test("that a manifest does not name, as dbt's does not, is asked for", async () => {
    const project = base.copy();
    const manifest = JSON.parse(project.read("state/manifest.json")) as { metadata: { env: Record<string, string> } };
    manifest.metadata.env = {};
    project.write({ "state/manifest.json": JSON.stringify(manifest) });
    const { code, stderr } = await run(project, "build", "-s", "mart", "--defer", "--state", "state");
    expect([code, problems(stderr)]).toEqual([
      2,
      ["error[RT0506]: --defer cannot read from another warehouse: the manifest in state does not say where it is"],
    ]);
    expect((await run(project, "build", "-s", "mart", "--defer", "--state", "state", "--defer-target", "prod", "-q")).code).toBe(0);
  });
});
