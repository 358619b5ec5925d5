/** `run-operation` as a process: by name with arguments, as SQL, and all that can be asked wrongly. */
import { expect, test } from "vitest";
import { projectIn, retain, temporaryFolder } from "./program-process.ts";

const files = {
  "retain.yml": "name: shop\ntargets: {dev: {type: duckdb, path: warehouse.duckdb}}\n",
  "models/m.yml": `models: [{name: m, config: {materialized: table}, sql: select 1 as id}]
operations:
  - name: add
    description: Adds rows
    arguments: [{name: from_id, type: number}, {name: times, type: number, default: 2}]
    sql: |
      insert into {{ref "m"}} select {{from_id}} + i from range({{times}}) t(i);
      insert into {{ref "m"}} select 1 / (case when {{from_id}} < 0 then error('negative') else 1 end)
`,
};

test("an operation runs with its arguments, whole or not at all", async () => {
  const project = projectIn(temporaryFolder());
  project.write(files);
  await project.run("run");
  const ids = async () => (await project.rows("select id from m order by id")).map((row) => row["id"]);

  const added = await project.run("run-operation", "add", "--args", "{from_id: 10}");
  expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^add: ok in \d+\.\d\ds\n$/) });
  expect(await ids()).toEqual([1, 1, 10, 11]);

  const failed = await project.run("run-operation", "add", "--args", "{from_id: -5}");
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("negative");
  expect(failed.stderr).toContain("models/m.yml");
  expect(await ids()).toEqual([1, 1, 10, 11]);

  const inline = await project.run("run-operation", "--json", "--sql", 'delete from {{ref "m"}} where id > 1; insert into {{ref "m"}} values (7)');
  expect(JSON.parse(inline.stdout)).toMatchObject({ unique_id: "sql_operation.shop.inline", status: "success", message: null });
  expect(await ids()).toEqual([1, 1, 7]);
});

test("what is asked wrongly runs nothing and names the next step", async () => {
  const folder = temporaryFolder();
  projectIn(folder).write(files);
  const cases: readonly (readonly [parameters: readonly string[], code: number, said: readonly string[]])[] = [
    [["ad"], 2, ['there is no operation "ad"', 'did you mean "add"?']],
    [[], 2, ["name an operation, or give its SQL with --sql", "operations of this project: add"]],
    [["add", "--sql", "select 1"], 2, ["name an operation, or give its SQL with --sql"]],
    [["add"], 2, ["RT0233", 'the argument "from_id" is missing', "models/m.yml:3:11"]],
    [["add", "--args", "{from_id: x}"], 2, ['"from_id" must be a number']],
    [["add", "--args", "{from_id: 1, tims: 2}"], 2, ['has no argument "tims"', 'did you mean "times"?']],
    [["add", "--args", "[1]"], 2, ["--args is not a YAML mapping"]],
    [["--sql", 'select * from {{ref "n"}}'], 2, ["RT0203", "--sql:1:15", 'did you mean "m"?']],
    [["--sql", "select {{nope}}"], 2, ["RT0301", "--sql:1:10"]],
    [["--sql", "selct 1"], 1, ["RT0401", "--sql:1:1"]],
  ];
  const ended = await Promise.all(cases.map(([parameters]) => retain(folder, ["run-operation", ...parameters])));
  cases.forEach(([parameters, code, said], i) => {
    expect(ended[i]?.code, parameters.join(" ")).toBe(code);
    for (const text of said) expect(ended[i]?.stderr, parameters.join(" ")).toContain(text);
  });
});
