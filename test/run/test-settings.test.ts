/** Severity, thresholds, conditions and kept rows of data tests: dbt's rules, on real rows. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, type Ran, run } from "../fixtures/warehouse.ts";

/** A model of the numbers 1 to `rows`, each of which is a failing row. */
const project = (config: string, rows = 3) =>
  temporaryProject({
    "models/m.yml": `models:\n  - name: m\n    sql: select range + 1 as v from range(${rows})\n    columns: [{name: v, tests: [{expression_is_true: {name: t, expression: '< 0', config: ${config}}}]}]\n`,
  });

async function outcome(config: string, rows = 3): Promise<string> {
  const { result } = await run(project(config, rows), await emptyWarehouse());
  const found = result.results.find((node) => node.kind === "test");
  return `${found?.status} ${found?.failures}`;
}

describe("severity and thresholds", () => {
  /** Rows are severity, warn_if, error_if, number of failing rows, and what dbt makes of it. */
  test.each([
    ["error", "!= 0", "!= 0", 0, "pass"],
    ["error", "!= 0", "!= 0", 1, "fail"],
    ["error", "!= 0", "> 2", 1, "warn"],
    ["error", "!= 0", "> 2", 2, "warn"],
    ["error", "!= 0", "> 2", 3, "fail"],
    ["error", "> 1", "> 2", 1, "pass"],
    ["error", "> 1", "> 2", 2, "warn"],
    ["error", "> 1", "> 2", 3, "fail"],
    ["error", "> 5", "> 2", 3, "fail"],
    ["error", "> 5", "!= 0", 3, "fail"],
    ["error", "= 0", "> 2", 0, "warn"],
    ["warn", "!= 0", "!= 0", 0, "pass"],
    ["warn", "!= 0", "!= 0", 1, "warn"],
    ["warn", "!= 0", "> 2", 3, "warn"],
    ["warn", "> 2", "!= 0", 1, "pass"],
    ["warn", "> 2", "!= 0", 3, "warn"],
    ["warn", "between 1 and 2", "> 0", 3, "pass"],
    ["warn", "between 1 and 2", "> 0", 2, "warn"],
    ["WARN", "!= 0", "!= 0", 1, "warn"],
    ["ERROR", ">=1", ">=10", 1, "warn"],
    ["error", ">= 1", ">= 10", 10, "fail"],
  ])("%s, warn_if %s, error_if %s with %i failing rows is %6$s", async (severity, warnIf, errorIf, rows, expected) => {
    expect(await outcome(`{severity: ${severity}, warn_if: "${warnIf}", error_if: "${errorIf}"}`, rows)).toBe(`${expected} ${rows}`);
  });

  test("a query that cannot run is an error whatever the severity", async () => {
    const files = { "models/m.yml": "models: [{name: m, sql: select 1 as v, tests: [{expression_is_true: {expression: nope > 1, severity: warn}}]}]\n" };
    const { result } = await run(temporaryProject(files), await emptyWarehouse());
    expect(result.results.map((node) => node.status)).toEqual(["error", "error"]);
  });

  test("a warning is told with its own code and the model is published", async () => {
    const warehouse = await emptyWarehouse();
    const { problems, statuses } = await run(project("{severity: warn}"), warehouse);
    expect(problems).toEqual(["RT0413 models/m.yml:4:34"]);
    expect(statuses).toEqual({ t: "warn", m: "success" });
    expect(await warehouse.relations()).toEqual(["main.m view"]);
  });
});

describe("other settings", () => {
  test("where limits the tested rows", async () => {
    expect(await outcome("{where: v >= 2}")).toBe("fail 2");
    expect(await outcome("{where: v > 10 or v = 1}")).toBe("fail 1");
    expect(await outcome("{where: v > 10}")).toBe("pass 0");
  });

  test("where may use variables", async () => {
    expect(await outcome("{where: 'v >= {{var \"least\" 3}}'}")).toBe("fail 1");
  });

  test("limit caps the counted rows", async () => {
    expect(await outcome("{limit: 2}", 10)).toBe("fail 2");
    expect(await outcome('{limit: 2, error_if: "> 2"}', 10)).toBe("warn 2");
  });

  test("fail_calc counts otherwise, and no rows count 0", async () => {
    expect(await outcome("{fail_calc: sum(v)}")).toBe("fail 6");
    expect(await outcome("{fail_calc: sum(v), error_if: '> 6', warn_if: '> 5'}")).toBe("warn 6");
    expect(await outcome("{fail_calc: sum(v)}", 0)).toBe("pass 0");
    expect(await outcome("{fail_calc: 'count(distinct v % 2)'}")).toBe("fail 2");
  });

  test("settings may stand beside the arguments", async () => {
    const files = {
      "models/m.yml": "models: [{name: m, sql: select 1 as v, tests: [{expression_is_true: {expression: v > 1, severity: warn, where: v = 1}}]}]\n",
    };
    const { result } = await run(temporaryProject(files), await emptyWarehouse());
    expect(result.results.map((node) => node.status)).toEqual(["warn", "success"]);
  });

  test("a disabled test does not run", async () => {
    const { statuses } = await run(project("{enabled: false}"), await emptyWarehouse());
    expect(statuses).toEqual({ m: "success" });
  });
});

describe("failing rows", () => {
  const kept = (ran: Ran) => join(ran.project.config.projectDir, "target/failures/t.csv");

  test("are shown up to five and kept all", async () => {
    const ran = await run(project("{severity: warn}", 12), await emptyWarehouse());
    const { failingRows, failures } = ran.resultOf("t");
    expect(failures).toBe(12);
    expect(failingRows).toEqual({ columns: ["v"], sample: [[1], [2], [3], [4], [5]], keptIn: "target/failures/t.csv", storedAs: undefined });
    expect(readFileSync(kept(ran), "utf8").trim().split("\n")).toHaveLength(13);
  });

  test("are not kept for a test that passes", async () => {
    const ran = await run(project("{}", 0), await emptyWarehouse());
    expect(ran.resultOf("t").failingRows).toBeUndefined();
    expect(existsSync(kept(ran))).toBe(false);
  });

  test("of a failed test are kept although the model is rolled back", async () => {
    const warehouse = await emptyWarehouse();
    const ran = await run(project("{}"), warehouse);
    expect(await warehouse.relations()).toEqual([]);
    expect(readFileSync(kept(ran), "utf8")).toBe("v\n1\n2\n3\n");
  });

  test("become a table with store_failures, and the table goes when the test passes", async () => {
    const warehouse = await emptyWarehouse();
    const stored = 'main_dbt_test__audit."t"';
    const failing = await run(project("{store_failures: true}"), warehouse);
    expect(failing.resultOf("t").failingRows?.storedAs).toBe("main_dbt_test__audit.t");
    expect(await warehouse.rows(`select * from ${stored}`)).toEqual([[1], [2], [3]]);
    expect(await warehouse.relations()).toEqual(["main_dbt_test__audit.t table"]);

    await run(project("{store_failures: true}", 1), warehouse);
    expect(await warehouse.rows(`select * from ${stored}`)).toEqual([[1]]);

    const passing = await run(project("{store_failures: true}", 0), warehouse);
    expect(passing.statuses).toEqual({ t: "pass", m: "success" });
    expect(await warehouse.relations()).toEqual(["main.m view"]);
  });

  test("become a table, a view or nothing with store_failures_as, in a schema and under a name that the test sets", async () => {
    const warehouse = await emptyWarehouse();
    const settings = ["store_failures_as: table", "store_failures_as: view", "store_failures: true", "store_failures: true, store_failures_as: ephemeral"];
    const found: unknown[] = [];
    for (const setting of [...settings, "store_failures_as: view, schema: audit, alias: bad_rows"]) {
      const ran = await run(project(`{severity: warn, ${setting}}`), warehouse);
      found.push([ran.resultOf("t").failingRows?.storedAs, (await warehouse.relations()).filter((name) => !name.startsWith("main."))]);
    }
    const table = "main_dbt_test__audit.t table";
    expect(found).toEqual([
      ["main_dbt_test__audit.t", [table]],
      ["main_dbt_test__audit.t", ["main_dbt_test__audit.t view"]],
      ["main_dbt_test__audit.t", [table]],
      [undefined, [table]],
      ["main_audit.bad_rows", ["main_audit.bad_rows view", table]],
    ]);
    expect(await warehouse.rows("select * from main_audit.bad_rows")).toEqual([[1], [2], [3]]);
    await run(project("{store_failures_as: table, schema: audit, alias: bad_rows}", 0), warehouse);
    expect((await warehouse.relations()).filter((name) => name.startsWith("main_audit"))).toEqual([]);
  });

  test("are stored by a test of its own stage too", async () => {
    const warehouse = await emptyWarehouse();
    const one = project("{store_failures: true, severity: warn}");
    await run(one, warehouse, { command: "run" });
    await run(one, warehouse, { command: "test" });
    expect(await warehouse.rows("select count(*) from main_dbt_test__audit.t")).toEqual([[3]]);
  });

  test("that cannot be stored disturb no other node", async () => {
    const files = {
      "models/m.yml": `models:
  - {name: m, sql: select 1 as v, tests: [{expression_is_true: {name: t, expression: v > 1, store_failures: true}}]}
  - {name: n, sql: select 1 as v, tests: [{expression_is_true: {name: u, expression: v > 0}}]}
`,
    };
    for (const command of ["build", "test"] as const) {
      const warehouse = await emptyWarehouse();
      await warehouse.execute("create schema if not exists main_dbt_test__audit; create table main_dbt_test__audit.t (x integer primary key)");
      await warehouse.execute("create table main_dbt_test__audit.reader (x integer references main_dbt_test__audit.t (x))");
      await warehouse.execute("create view m as select 1 as v; create view n as select 1 as v");
      const { result, statuses } = await run(temporaryProject(files), warehouse, { command });
      expect(statuses["u"]).toBe("pass");
      expect(statuses["t"]).toMatch(/^(fail|error)$/);
      expect(new Set(result.results.map((node) => node.uniqueId)).size).toBe(result.results.length);
      expect(JSON.stringify(result)).toContain("there are entries that depend on it");
    }
  });

  test("are stored up to the limit", async () => {
    const warehouse = await emptyWarehouse();
    await run(project("{store_failures: true, limit: 4}", 9), warehouse);
    expect(await warehouse.rows("select count(*) from main_dbt_test__audit.t")).toEqual([[4]]);
  });
});

describe("personal data", () => {
  const people = {
    "models/people.yml": `models:
  - name: people
    sql: select 1 as id, 'kim@example.com' as email union all select 2, null
    columns: [{name: id}, {name: Email, pii: email}]
    tests: [{expression_is_true: {name: own, expression: "id > 5", store_failures: true, severity: warn}}]
  - name: made_from_people
    sql: 'select id, email as EMAIL, length(email) as n from {{ref "people"}}'
    tests: [{expression_is_true: {name: inherited, expression: "id > 5", store_failures: true, severity: warn}}]
`,
    "test/data/singular.sql":
      '-- config: {severity: warn, store_failures: true}\nselect m.email, p.id from {{ref "made_from_people"}} as m join {{ref "people"}} as p using (id) order by p.id',
  };

  test.each(["own", "inherited", "singular"])("is masked in the sample, the file and the table: %s", async (name) => {
    const warehouse = await emptyWarehouse();
    const ran = await run(temporaryProject(people), warehouse);
    const { failingRows } = ran.resultOf(name);
    const at = failingRows?.columns.findIndex((column) => column.toLowerCase() === "email") ?? -1;
    expect(failingRows?.sample.map((row) => row[at])).toEqual(["***", null]);
    expect(JSON.stringify(ran.result)).not.toContain("kim");
    expect(JSON.stringify(ran.events)).not.toContain("kim");
    const csv = readFileSync(join(ran.project.config.projectDir, `target/failures/${name}.csv`), "utf8");
    expect(csv).toContain("***");
    expect(csv).not.toContain("kim");
    expect(await warehouse.rows(`select email from main_dbt_test__audit.${name} order by id`)).toEqual([["***"], [null]]);
  });

  test("is masked in columns that stand twice in the failing rows", async () => {
    const twice = {
      ...people,
      "test/data/singular.sql": 'select a.email, b.email, a.id from {{ref "people"}} as a, {{ref "people"}} as b where a.id = 1 and b.id = 1',
    };
    const ran = await run(temporaryProject(twice), await emptyWarehouse());
    expect(ran.resultOf("singular").failingRows?.sample).toEqual([["***", "***", 1]]);
    expect(readFileSync(join(ran.project.config.projectDir, "target/failures/singular.csv"), "utf8")).not.toContain("kim");
  });

  test("is masked in the words of a conversion error", async () => {
    const files = {
      "models/m.yml":
        "models:\n  - {name: people, sql: \"select 'kim@example.com' as email\", columns: [{name: email, pii: true}]}\n  - {name: m, config: {materialized: table}, sql: 'select cast(email as integer) as n from {{ref \"people\"}}'}\n",
    };
    const ran = await run(temporaryProject(files), await emptyWarehouse());
    expect(ran.resultOf("m").diagnostics.map((d) => d.code)).toEqual(["RT0404"]);
    expect(JSON.stringify([ran.result, ran.events])).not.toContain("kim");
  });

  test("is masked in the words of a conversion error of a test", async () => {
    const files = {
      "models/m.yml":
        "models:\n  - name: people\n    sql: \"select 'kim@example.com' as email\"\n    columns: [{name: email, pii: true}]\n    tests: [{expression_is_true: {name: t, expression: cast(email as integer) > 0}}]\n",
    };
    const ran = await run(temporaryProject(files), await emptyWarehouse());
    expect(ran.resultOf("t").status).toBe("error");
    expect(JSON.stringify([ran.result, ran.events])).not.toContain("kim");
  });
});

describe("tests of the project's own", () => {
  const macros = {
    "macros/macros.yml": `macros:
  - {name: at_least, kind: test, arguments: [{name: least, type: number}, {name: strictly, type: boolean, default: false}]}
  - {name: same_count, kind: test, arguments: [{name: as, type: relation}]}
`,
    "macros/at_least.hbs": "select * from {{model}} where {{column_name}} {{#if strictly}}<={{else}}<{{/if}} {{least}}\n",
    "macros/same_count.hbs": "select 1 as different where (select count(*) from {{model}}) <> (select count(*) from {{as}})\n",
  };
  const statusOf = async (tests: string) => {
    const files = { ...macros, "models/m.yml": `models:\n  - {name: other, sql: select 1 as x}\n  - name: m\n    sql: select 3 as v\n${tests}` };
    const { result } = await run(temporaryProject(files), await emptyWarehouse());
    return result.results.filter((node) => node.kind === "test").map((node) => `${node.title} ${node.status}`);
  };

  test("get the tested relation, the column and their arguments", async () => {
    expect(await statusOf("    columns: [{name: v, tests: [{at_least: {least: 3}}]}]\n")).toEqual(["at_least m.v pass"]);
    expect(await statusOf("    columns: [{name: v, tests: [{at_least: {least: 3, strictly: true}}]}]\n")).toEqual(["at_least m.v fail"]);
    expect(await statusOf("    columns: [{name: v, tests: [{at_least: {least: 9, where: v > 5}}]}]\n")).toEqual(["at_least m.v pass"]);
  });

  test("may compare with another relation", async () => {
    expect(await statusOf("    tests: [{same_count: {as: ref('other')}}]\n")).toEqual(["same_count m pass"]);
    expect(await statusOf("    tests: [{same_count: {as: ref('other'), where: v > 5}}]\n")).toEqual(["same_count m fail"]);
  });
});

describe("singular tests", () => {
  const ran = async (sql: string) => {
    const files = { "models/m.yml": "models: [{name: m, sql: select 1 as v union all select 2}]\n", "test/data/t.sql": sql };
    const { resultOf } = await run(temporaryProject(files), await emptyWarehouse());
    return `${resultOf("t").status} ${resultOf("t").failures}`;
  };

  test("fail for every row that they return", async () => {
    expect(await ran('select * from {{ref "m"}}')).toBe("fail 2");
    expect(await ran('select * from {{ref "m"}} where v > 2')).toBe("pass 0");
  });

  test("take settings from a first comment", async () => {
    expect(await ran('-- config: {severity: warn}\nselect * from {{ref "m"}}')).toBe("warn 2");
    expect(await ran('\n--config: {error_if: "> 2", limit: 1}\nselect * from {{ref "m"}};\n')).toBe("warn 1");
    expect(await ran('-- about this test\n-- config: {severity: warn}\nselect * from {{ref "m"}}')).toBe("fail 2");
  });

  test("may end in a comment", async () => {
    expect(await ran('select * from {{ref "m"}} -- all of them')).toBe("fail 2");
  });
});
