/** Looking at rows (`show --inline`, --output), at parts of the data (--empty, --sample), and --vars and targets, by hand as a person would. */
import { beforeAll, describe, expect, test } from "vitest";
import { runIn } from "./in-process.ts";
import { minimalProject, type Project } from "./program-process.ts";

const run = (project: Project, ...parameters: readonly string[]) => runIn(project.directory, parameters);

let built: Project;
beforeAll(async () => {
  built = await minimalProject();
  built.edit("models/customers.yml", "{name: customer_id,", "{name: customer_id, pii: id,");
  expect(await run(built, "build")).toMatchObject({ code: 0 });
});

const orders = `select order_id, amount, null as "no,thing", '' as e, 'a|b"c' as t, [1, 2] as l, 12345678901234567890 as big from {{ref "raw_orders"}} order by 1;`;

test.each([
  [
    "table",
    `order_id  amount  no,thing  e   t      l                       big
--------  ------  --------  --  -----  -----  --------------------
1          30.00      NULL  ''  a|b"c  [1,2]  12345678901234567890
2          12.50      NULL  ''  a|b"c  [1,2]  12345678901234567890
`,
  ],
  [
    "csv",
    `order_id,amount,"no,thing",e,t,l,big
1,30.00,,"","a|b""c","[1,2]",12345678901234567890
2,12.50,,"","a|b""c","[1,2]",12345678901234567890
`,
  ],
  [
    "ndjson",
    `{"order_id":"1","amount":"30.00","no,thing":null,"e":"","t":"a|b\\"c","l":[1,2],"big":"12345678901234567890"}
{"order_id":"2","amount":"12.50","no,thing":null,"e":"","t":"a|b\\"c","l":[1,2],"big":"12345678901234567890"}
`,
  ],
  [
    "markdown",
    `| order_id | amount | no,thing | e | t | l | big |
| --- | ---: | ---: | --- | --- | --- | ---: |
| 1 | 30.00 | NULL | '' | a\\|b"c | \\[1,2\\] | 12345678901234567890 |
| 2 | 12.50 | NULL | '' | a\\|b"c | \\[1,2\\] | 12345678901234567890 |
`,
  ],
])("show --inline --output %s", async (form, expected) => {
  const ended = await run(built, "show", "--inline", orders, "--limit", "2", "--output", form);
  expect(ended).toMatchObject({ code: 0, stderr: form === "table" ? "2 rows (--limit shows more)\n" : "" });
  expect(ended.stdout.replace(/ +$/gm, "")).toBe(expected.replace(/ +$/gm, ""));
});

test("json is one document, of one model or of several", async () => {
  const one = await run(built, "show", "raw_orders", "--output", "json", "--limit", "1");
  expect(JSON.parse(one.stdout)).toEqual([{ order_id: "1", customer_id: "a", ordered_on: "2026-01-05", amount: "30.00" }]);
  const both = JSON.parse((await run(built, "show", "raw_orders", "customers", "--json")).stdout) as { name: string; rows: unknown[] }[];
  expect(both.map(({ name, rows }) => [name, rows.length])).toEqual([
    ["raw_orders", 3],
    ["customers", 2],
  ]);
});

describe("personal data of a query of one's own", () => {
  test.each([
    ['select * from {{ref "customers"}}'],
    ["select customer_id as x from customers"],
    ["select customers.* from raw_orders join CUSTOMERS using (customer_id)"],
    ['select * from (select * from main."customers"), raw_orders'],
    ["select * from query_table('customers')"],
    ["select * from query('select customer_id as z from raw_orders join customers using (customer_id)')"],
  ])("%s", async (sql) => {
    const { code, stdout } = await run(built, "show", "--inline", sql, "--output", "ndjson");
    expect(code).toBe(0);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) for (const [name, value] of Object.entries(row)) if (/customer_id|^[xz]$/.test(name)) expect(value).toBe("***");
  });

  test("is not seen where there is none", async () => {
    const { stdout } = await run(built, "show", "--inline", 'select customer_id from {{ref "raw_orders"}} order by 1 limit 1', "--output", "csv");
    expect(stdout).toBe("customer_id\na\n");
  });
});

test.each([
  ['select * from {{ref "raw_order"}}', 2, 'error[RT0203]: unknown model "raw_order"', " --> --inline:1:15", 'did you mean "raw_orders"?'],
  ['select\n  order_idd\nfrom {{ref "raw_orders"}}', 1, 'error[RT0402]: unknown column "order_idd"', " --> --inline:2:3", 'did you mean "order_id"?'],
  ["select 1; drop table customers", 2, "error[RT0401]: a model or test is one query", " --> --inline:1:9", ""],
  ["", 2, "error[RT0308]: ", "", ""],
  ["select {{> nope}}", 2, 'error[RT0208]: unknown macro "nope"', " --> --inline:1:8", ""],
])("show --inline %j says what is wrong at its place", async (sql, code, ...said) => {
  const ended = await run(built, "show", "--inline", sql);
  expect(ended).toMatchObject({ code, stdout: "" });
  for (const words of said) expect(ended.stderr).toContain(words);
});

test.each([
  ["show customers --inline x", "error[RT0001]: --inline is shown alone"],
  ["show customers --output xml", "Allowed choices are table, csv, json, ndjson, markdown."],
  ["build --sample abc", "It must be a number of rows such as 100, a share such as 5%, or a share by a key such as 5%:customer_id."],
  ["build --sample 0", "It must be a number of rows"],
  ["build --sample 100%", "It must be a number of rows"],
  ["build --sample 5%:", "It must be a number of rows"],
  ["build --sample 5%:custmer_id", 'error[RT0026]: no seed or source declares a column "custmer_id"\n   = help: did you mean "customer_id"?'],
  ["build --sample 5 --empty", "error[RT0001]: --empty and --sample cannot be combined"],
  ["test --empty", "error[RT0001]: --empty is for commands that build"],
  ["list --vars @nofile.yml", "error[RT0107]: cannot read nofile.yml: "],
  ["list --vars @retain.yml --target ci", 'error[RT0106]: there is no target "ci" (known: dev)'],
])("retain %s: exit 2", async (line, said) => {
  const ended = await run(built, ...line.split(" "));
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(ended.stderr).toContain(said);
});

test("--empty and --sample say so, build what they say, and leave nothing that may be exported", async () => {
  const project = built.copy();
  const empty = await run(project, "build", "--empty");
  expect(empty).toMatchObject({ code: 0, stderr: expect.stringMatching(/^info\[RT0025\]: each input is limited to no rows; tests are only checked to run\n/) });
  expect(await project.rows("select (select count(*) from raw_orders)::integer as s, (select count(*) from customers)::integer as m")).toEqual([
    { s: 0, m: 0 },
  ]);
  const sample = await run(project, "build", "--sample", "2");
  expect(sample.stderr).toMatch(/^info\[RT0025\]: each input is limited to its first 2 rows; failed tests warn\n/);
  expect(await project.rows("select orders::integer as n from customers")).toEqual([{ n: 2 }]);

  project.write({
    "exports/e.yml":
      "exports: [{name: e, model: customers, primary_key: customer_id, destination: files, audience: {name: A}, identifiers: {EXTERN_ID: customer_id}}]\n",
  });
  project.write({ "retain.yml": `${project.read("retain.yml")}destinations: {files: {type: file, directory: out}}\n` });
  // Passing tests afterwards say nothing about the rows that are not there.
  expect(await run(project, "test")).toMatchObject({ code: 0 });
  const refused = await run(project, "export", "run", "e");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("it was built with --empty or --sample, from a part of its inputs");
  expect(await run(project, "build")).toMatchObject({ code: 0 });
  expect((await run(project, "export", "plan", "e")).code).toBe(0);
});

test("--vars from a file; a variable that nothing reads is told, one that something reads with a default is not", async () => {
  const project = built.copy();
  project.write({
    "models/v.yml": `models: [{name: v, sql: 'select {{var "least" 1}} as least, {{var "as_of"}} as a'}]\n`,
    "retain.yml": `${project.read("retain.yml")}vars: {as_of: 1}\non_run_end: ["select {{var 'at_the_end' 0}}"]\n`,
    "vars.json": '{"as_of": 7, "least": 3}',
    "broken.yml": "as_of: [1\n",
  });
  expect((await run(project, "compile", "v", "--vars", "@vars.json")).stdout).toBe("select 3 as least, 7 as a\n");
  expect(await run(project, "compile", "v", "--vars", "{at_the_end: 2}")).toMatchObject({ code: 0, stderr: "" });
  expect(await run(project, "compile", "v", "--vars", "{as_off: 2}")).toMatchObject({
    code: 0,
    stdout: "select 1 as least, 1 as a\n",
    stderr: 'warning[RT0027]: --vars sets "as_off", which is not in retain.yml and which nothing reads\n   = help: did you mean "as_of"?\n',
  });
  expect((await run(project, "compile", "v", "--vars", "{as_off: 2}", "--warn-error")).code).toBe(2);
  expect((await run(project, "list", "--vars", "@broken.yml")).stderr).toMatch(/^error\[RT0102\]: [^\n]+\n {2}--> broken\.yml:2:1\n/);
});

test("a secret that the SQL holds is masked where SQL is printed", async () => {
  const project = built.copy();
  project.write({
    ".env": "API_TOKEN=not-for-everybody\n",
    "models/t.yml": `models: [{name: t, sql: "select {{literal (var 'token')}} as t"}]\n`,
    "retain.yml": `${project.read("retain.yml")}vars: {token: "\${API_TOKEN}"}\n`,
  });
  expect(await run(project, "compile", "t")).toMatchObject({ code: 0, stdout: "select '***' as t\n" });
  for (const parameters of [
    ["compile", "t", "--json"],
    ["build", "--select", "t", "--dry-run", "--json"],
  ]) {
    const { code, stdout } = await run(project, ...parameters);
    expect(code).toBe(0);
    expect(stdout).toContain("'***' as t");
    expect(stdout).not.toContain("everybody");
  }
});

test("the target is named by --target, else by RETAIN_TARGET, else by the project; debug lists them all", async () => {
  const project = built.copy();
  project.edit(
    "retain.yml",
    "targets:",
    'targets:\n  ci: {type: duckdb, path: ":memory:", schema: ci_schema}\n  prod: {type: duckdb, path: p.duckdb, schema: prod_schema}',
  );
  const schemaOf = async (parameters: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { stdout } = await runIn(project.directory, ["compile", "customers", ...parameters], env);
    return /from "(\w+)"/.exec(stdout)?.[1];
  };
  expect(await schemaOf([])).toBe("main");
  expect(await schemaOf([], { RETAIN_TARGET: "ci" })).toBe("ci_schema");
  expect(await schemaOf([], { RETAIN_TARGET: "" })).toBe("main");
  expect(await schemaOf(["-t", "prod"], { RETAIN_TARGET: "ci" })).toBe("prod_schema");
  expect((await run(project, "debug", "-t", "prod")).stdout).toContain("\ntargets     ci, prod (chosen), dev (default)\n");
});
