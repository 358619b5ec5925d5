/** As a user sees it: what fails its tests is not published, what was published yesterday stays, and two builds take turns. */
import { existsSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { minimalProject, type Project, relationsIn, retainOk, withoutFolder } from "./program-process.ts";

const header = "account_id,email,plan,seats\n";
const goodRows = ["1,ann@example.com,basic,1", "2,bob@example.com,team,5", "3,cho@example.com,team,7"];
const badRows = Array.from({ length: 7 }, (_, i) => `${10 + i},person${i}@example.com,team,-${i + 1}`);
const csv = (...rows: readonly string[]) => `${header}${rows.join("\n")}\n`;

let good: Project;
let before: readonly unknown[];
const rowsOf = (project: Project, relation: string) => project.rows(`select * from ${relation} order by all`);

beforeAll(async () => {
  good = await minimalProject();
  for (const name of ["seeds/raw_orders.csv", "seeds/raw_orders.yml", "models/customers.sql", "models/customers.yml"]) good.remove(name);
  good.write({
    "seeds/raw_accounts.csv": csv(...goodRows),
    "seeds/raw_accounts.yml": `seeds:
  - name: raw_accounts
    columns:
      - {name: account_id, data_type: varchar}
      - {name: email, data_type: varchar, pii: email}
      - {name: plan, data_type: varchar}
      - {name: seats, data_type: integer}
`,
    "models/accounts.yml": `models:
  - name: accounts
    config: {materialized: table}
    sql: select account_id, email, plan, seats from {{ref "raw_accounts"}}
    columns:
      - {name: account_id, tests: [unique, not_null]}
      - {name: seats, tests: [{accepted_range: {min_value: 0}}]}
  - name: seats_by_plan
    config: {materialized: table}
    sql: select plan, sum(seats)::integer as seats from {{ref "accounts"}} group by plan
  - name: largest_plan
    sql: select max(seats) as seats from {{ref "seats_by_plan"}}
  - name: plans
    config: {materialized: table}
    sql: select distinct plan from {{ref "raw_accounts"}}
`,
  });
  await retainOk(good.directory, ["build"]);
  before = [await rowsOf(good, "accounts"), await rowsOf(good, "seats_by_plan"), await rowsOf(good, "largest_plan")];
});

describe("a test that fails", () => {
  test("keeps yesterday's rows, skips what builds on them, shows five rows and keeps all, and masks personal data", async () => {
    const project = good.copy();
    project.write({ "seeds/raw_accounts.csv": csv(...goodRows, ...badRows) });
    const ended = await project.run("build", "--threads", "1");
    expect(ended.code).toBe(1);

    // The seed had nothing to fail and is new; what was audited is as it was; what does not build on it is new too.
    expect(await rowsOf(project, "raw_accounts")).toHaveLength(10);
    expect([await rowsOf(project, "accounts"), await rowsOf(project, "seats_by_plan"), await rowsOf(project, "largest_plan")]).toEqual(before);
    expect(ended.stderr).toMatch(/^ {2}ok {4}table {2}plans /m);

    const [, block = ""] = /^( {2}fail {2}test {3}accepted_range accounts\.seats .*7 failing rows\n[\s\S]*?)\n\n/m.exec(ended.stderr) ?? [];
    const said = block.split("\n");
    expect(said[1]).toBe("        account_id  email  plan  seats");
    expect(said.slice(2, 7).every((line) => /^ {8}1\d +\*\*\* +team +-\d$/.test(line))).toBe(true);
    expect(said.slice(7)).toEqual([
      "        all rows: target/failures/accepted_range_accounts_seats__0.csv",
      'error[RT0407]: test "accepted_range accounts.seats" failed: 7 failing rows',
      "  --> models/accounts.yml:7:32",
      "   |",
      " 7 |       - {name: seats, tests: [{accepted_range: {min_value: 0}}]}",
      "   |                                ^^^^^^^^^^^^^^",
    ]);
    expect(ended.stderr).toMatch(/^ {2}error table {2}accounts .* not published: 1 test of 3 did not pass$/m);
    expect(ended.stderr).toMatch(/^ {2}skip {2}seats_by_plan and largest_plan: "accounts" failed$/m);
    expect(ended.stdout).toMatch(/^Build failed in .+: 4 ok, 1 failed, 1 error, 2 skipped\n/);
    expect(ended.stdout).toContain("then run it again with --select accounts+ to do only what is left.");

    const [first, ...kept] = project.read("target/failures/accepted_range_accounts_seats__0.csv").trim().split(/\r?\n/);
    expect(first).toBe("account_id,email,plan,seats");
    expect(kept).toHaveLength(7);
    expect(kept.every((row) => row.includes("***"))).toBe(true);
    const results = project.read("target/run_results.json");
    for (const text of [ended.stdout, ended.stderr, kept.join("\n"), results, project.read("target/manifest.json")]) expect(text).not.toContain("@example.com");
    const json = await project.run("build", "--select", "accounts+", "--json");
    expect(json.stdout).toContain('"failures": 7');
    expect(json.stdout).not.toContain("@example.com");
    const { results: outcomes } = JSON.parse(results) as { results: { unique_id: string; status: string; failures: number | null }[] };
    const statusOf = (name: string) => outcomes.find(({ unique_id }) => unique_id.includes(name))?.status;
    expect([
      statusOf("test.my_project.accepted_range_accounts"),
      statusOf("model.my_project.accounts"),
      statusOf("model.my_project.largest_plan"),
      statusOf("model.my_project.plans"),
    ]).toEqual(["fail", "error", "skipped", "success"]);

    // Mended, the next build publishes, and the rows of the failure are no longer lying about.
    project.write({ "seeds/raw_accounts.csv": csv(...goodRows, "4,dee@example.com,basic,2") });
    expect(await project.run("build")).toMatchObject({ code: 0 });
    expect(await rowsOf(project, "accounts")).toHaveLength(4);
    expect(await rowsOf(project, "seats_by_plan")).toEqual([
      { plan: "basic", seats: 3 },
      { plan: "team", seats: 12 },
    ]);
    expect(existsSync(project.path("target", "failures", "accepted_range_accounts_seats__0.csv"))).toBe(false);
  });

  test("on a first build leaves no relation at all", async () => {
    const project = good.copy();
    for (const name of ["warehouse.duckdb", ".retain", "target"]) project.remove(name);
    project.write({ "seeds/raw_accounts.csv": csv(...goodRows, ...badRows) });
    expect(await project.run("build")).toMatchObject({ code: 1 });
    expect(await relationsIn(project)).toEqual(["plans", "raw_accounts"]);
  });

  test("of a seed keeps the seed of yesterday", async () => {
    const project = good.copy();
    project.edit("seeds/raw_accounts.yml", "{name: account_id, data_type: varchar}", "{name: account_id, data_type: varchar, tests: [unique]}");
    project.write({ "seeds/raw_accounts.csv": csv(...goodRows, goodRows[0] ?? "") });
    const ended = await project.run("build");
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/skip {2}accounts, (?:.*) failed$/m);
    expect(await rowsOf(project, "raw_accounts")).toHaveLength(3);
  });

  test("of several models holds back what builds on all of them, and no more", async () => {
    const project = good.copy();
    project.write({
      "test/data/plans_have_accounts.sql": 'select plan from {{ref "plans"}} except select plan from {{ref "accounts"}} where plan <> \'team\'\n',
      "models/both.yml": `models: [{name: both, sql: 'select plan, seats from {{ref "plans"}} join {{ref "accounts"}} using (plan)'}]\n`,
    });
    const ended = await project.run("build");
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^ {2}fail {2}test {3}plans_have_accounts .*1 failing row$/m);
    expect(ended.stderr).toMatch(/^ {2}skip {2}both: "plans_have_accounts" failed$/m);
    expect(await relationsIn(project)).not.toContain("both");
    expect(ended.stdout).toContain("Build failed");
  });

  test("with severity warn publishes, and says so", async () => {
    const project = good.copy();
    project.edit("models/accounts.yml", "{min_value: 0}", "{min_value: 0, severity: warn}");
    project.write({ "seeds/raw_accounts.csv": csv(...goodRows, ...badRows) });
    const ended = await project.run("build");
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('warning[RT0413]: test "accepted_range accounts.seats" warns: 7 failing rows\n  --> models/accounts.yml:7:32\n');
    expect(await rowsOf(project, "accounts")).toHaveLength(10);
    expect(ended.stderr).not.toContain("@example.com");
  });
});

describe("a model that breaks", () => {
  test("its contract, or its SQL, keeps yesterday's rows as well", async () => {
    const project = good.copy();
    project.edit("models/accounts.yml", "{materialized: table}", "{materialized: table, contract: {enforced: true}}");
    project.edit("models/accounts.yml", "{name: account_id, tests", "{name: account_id, data_type: varchar, tests");
    project.edit("models/accounts.yml", "{name: seats, tests", "{name: seats, data_type: integer, tests");
    const contract = await project.run("build", "--select", "accounts");
    expect(contract.code).toBe(1);
    expect(contract.stderr).toMatch(/error\[RT0406\]: "accounts" does not have the columns that its contract declares: /);
    project.edit("models/accounts.yml", "select account_id, email", "select account_id, emial");
    const column = await project.run("build", "--select", "accounts");
    expect(column.code).toBe(1);
    expect(column.stderr).toContain('error[RT0402]: unknown column "emial"\n  --> models/accounts.yml:4:29\n');
    expect(await rowsOf(project, "accounts")).toEqual(before[0]);
  });

  test("and one that changes from table to view and fails is the table of yesterday", async () => {
    const project = good.copy();
    project.edit("models/accounts.yml", "{materialized: table}", "{materialized: view}");
    project.write({ "seeds/raw_accounts.csv": csv(...goodRows, ...badRows) });
    expect(await project.run("build")).toMatchObject({ code: 1 });
    expect(await rowsOf(project, "accounts")).toEqual(before[0]);
    project.write({ "seeds/raw_accounts.csv": csv(...goodRows) });
    expect(await project.run("build")).toMatchObject({ code: 0 });
    expect(await project.rows("select table_type from information_schema.tables where table_name = 'accounts'")).toEqual([{ table_type: "VIEW" }]);
  });
});

describe("two builds of one warehouse", () => {
  test("take turns: one that will not wait says who holds it, one that waits goes on when the other is done", async () => {
    const project = good.copy();
    project.write({
      "models/slow.yml": `models: [{name: slow, config: {materialized: table}, sql: 'select count(*) as n from range({{var "size" 3}}) as r where r.range % 7 = 9'}]\n`,
    });
    const first = project.start("build", "--reporter", "ndjson", "--vars", "{size: 10000000000000}");
    await first.until(/"type":"node_started","unique_id":"model\.my_project\.slow"/);

    const hasty = await project.run("build", "--lock-timeout", "0");
    expect(hasty).toMatchObject({ code: 2, stdout: "" });
    expect(withoutFolder(hasty.stderr, project.directory)).toMatch(
      new RegExp(
        `^error\\[RT0501\\]: <project>/warehouse\\.duckdb is held by retain build \\(PID ${first.child.pid}, since [\\d:]+\\)\n {3}= help: close that program, or wait longer with --lock-timeout SECONDS\n$`,
      ),
    );
    const patient = project.start("build", "--lock-timeout", "50");
    await patient.until(/^waiting for .*warehouse\.duckdb: it is held by retain build/);
    expect(await first.kill("SIGINT")).toMatchObject({ code: 130 });
    const done = await patient.ended;
    expect(done.code).toBe(0);
    expect(done.stdout).toMatch(/^Build succeeded in /);
    expect(await project.rows("select n::integer as n from slow")).toEqual([{ n: 0 }]);
  });

  test("started together both succeed", async () => {
    const project = good.copy();
    const both = await Promise.all([project.run("build", "--lock-timeout", "50"), project.run("build", "--lock-timeout", "50")]);
    for (const ended of both) {
      expect(ended).toMatchObject({ code: 0 });
      expect(ended.stdout).toMatch(/^Build succeeded in .+: 8 ok\n$/);
      expect(ended.stderr).not.toContain("error");
    }
    expect([await rowsOf(project, "accounts"), await rowsOf(project, "seats_by_plan"), await rowsOf(project, "largest_plan")]).toEqual(before);
  });
});
