/** `retain lint` as a person and a pipeline see it: screens, forms and exit codes; and that the shipped project is clean. */
import { describe, expect, test } from "vitest";
import { runIn } from "./in-process.ts";
import { projectIn, repository, temporaryFolder } from "./program-process.ts";

function dirty() {
  const project = projectIn(temporaryFolder());
  project.write({
    "retain.yml": 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nlint: {RT0711: error}\n',
    "models/m.yml": "models: [{name: m, description: M., columns: [{name: id, description: I., tests: [unique]}]}]\n",
    "models/m.sql": "select id\nfrom things\nwhere id not in (select id from others)\n",
    "models/n.yml": "models: [{name: n, sql: select 1 as id from things}]\n",
  });
  return project;
}

test("the shipped project is clean", async () => {
  expect(await runIn(repository, ["lint"])).toEqual({ code: 0, stdout: "no problems found\n", stderr: "" });
});

describe("a project with problems", () => {
  const { directory } = dirty();
  const lint = (...parameters: readonly string[]) => runIn(directory, ["lint", ...parameters]);

  test("pretty: places, frames, what to do, and how many; exit 1 for an error", async () => {
    expect(await lint("m")).toEqual({
      code: 1,
      stderr: "",
      stdout: `warning[RT0701]: "things" is named without ref or source
  --> models/m.sql:2:6
   |
 2 | from things
   |      ^^^^^^
   = help: declare it under \`sources\` and write {{source "SOURCE" "TABLE"}}

error[RT0711]: \`not in\` is never true when its query has a NULL
  --> models/m.sql:3:10
   |
 3 | where id not in (select id from others)
   |          ^^^^^^
   = help: write \`not exists (select … where …)\` or \`anti join\`

warning[RT0701]: "others" is named without ref or source
  --> models/m.sql:3:33
   |
 3 | where id not in (select id from others)
   |                                 ^^^^^^
   = help: declare it under \`sources\` and write {{source "SOURCE" "TABLE"}}

1 error, 2 warnings; \`retain explain RT0701\` says more and how to silence
`,
    });
  });

  test("concise, json and github say the same", async () => {
    expect((await lint("m", "--reporter", "concise")).stdout).toBe(`models/m.sql:2:6: warning[RT0701] "things" is named without ref or source
models/m.sql:3:10: error[RT0711] \`not in\` is never true when its query has a NULL
models/m.sql:3:33: warning[RT0701] "others" is named without ref or source
`);
    const json = JSON.parse((await lint("m", "--json")).stdout) as { code: string; severity: string; file: string; line: number; column: number }[];
    expect(json.map(({ code, severity, file, line, column }) => [code, severity, file, line, column])).toEqual([
      ["RT0701", "warning", "models/m.sql", 2, 6],
      ["RT0711", "error", "models/m.sql", 3, 10],
      ["RT0701", "warning", "models/m.sql", 3, 33],
    ]);
    expect((await lint("m", "--reporter", "github")).stdout.split("\n")[1]).toBe(
      "::error file=models/m.sql,line=3,endLine=3,col=10,endColumn=16,title=RT0711 not in with a query::`not in` is never true when its query has a NULL%0Ahelp: write `not exists (select … where …)` or `anti join`",
    );
  });

  test("a selection lints its files; warnings alone end with 0, and with 1 under --warn-error; --quiet leaves them out", async () => {
    const { code, stdout } = await lint("--select", "n", "--reporter", "concise");
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.slice(0, 36))).toEqual([
      "models/n.yml:1:17: warning[RT0703] n",
      "models/n.yml:1:17: warning[RT0707] m",
      'models/n.yml:1:45: warning[RT0701] "',
      "",
    ]);
    expect((await lint("n", "--warn-error")).code).toBe(1);
    expect(await lint("n", "--quiet")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect((await lint("m", "--quiet", "--reporter", "concise")).stdout).toMatch(/^models\/m\.sql:3:10: error\[RT0711\][^\n]+\n$/);
  });

  test.each([
    [["--reporter", "junit"], "Allowed choices are pretty, concise, json, github."],
    [["--json", "--reporter", "github"], "error[RT0001]: --json and --reporter github contradict each other"],
    [["--select", "tga:x"], 'error[RT0004]: "tga" is not a selector method'],
  ])("%j is exit 2", async (parameters, said) => {
    const ended = await lint(...parameters);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toContain(said);
  });

  test("a project that does not parse is exit 2, on stderr as everywhere", async () => {
    const project = dirty();
    project.write({ "models/o.yml": `models: [{name: o, sql: 'select * from {{ref "mm"}}'}]\n` });
    expect(await runIn(project.directory, ["lint"])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining('error[RT0203]: unknown model "mm"'),
    });
  });
});

test("a warning of every command is silenced in every command, or made an error by the project", async () => {
  const project = dirty();
  project.write({ "models/o.yml": "models:\n  - {name: o, sql: select 1 as id from m}\n" });
  const parse = () => runIn(project.directory, ["parse"]);
  expect((await parse()).stderr).toContain("warning[RT0213]");
  project.edit("models/o.yml", "from m}", "from m} # retain-lint: disable=RT0213");
  expect(await parse()).toMatchObject({ code: 0, stderr: "" });
  project.edit("models/o.yml", " # retain-lint: disable=RT0213", "");
  project.edit("retain.yml", "lint: {", "lint: {RT0213: error, ");
  expect(await parse()).toMatchObject({ code: 2, stderr: expect.stringContaining("error[RT0213]") });
});
