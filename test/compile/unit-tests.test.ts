/** What is wrong with a unit test, told at its place with a next step; and that a right one is read as it is written. */
import { describe, expect, test } from "vitest";
import { takeMark, temporaryProject } from "../fixtures/temporary-project.ts";

const project = {
  "models/m.yml": `sources: [{name: shop, tables: [{name: orders, columns: [{name: id, data_type: integer}]}]}]
models:
  - {name: stg, sql: 'select id from {{source "shop" "orders"}}'}
  - {name: m, sql: 'with a as (select id from {{ref "stg"}}), "b c" as materialized (select 1 as x) select a.id, {{cents 1}} as c, {{> half}} as h from a'}
  - {name: grows, sql: 'select id from {{ref "stg"}} {{#if (is_incremental)}}where id > (select max(id) from {{this}}){{/if}}'}
`,
  "macros/m.yml": "macros: [{name: cents, arguments: [{name: n}]}, {name: half}]\n",
  "macros/m.mjs": "export const cents = (n) => n * 100;\n",
  "macros/half.hbs": "0.5",
  "test/data/fixtures/ids.csv": "id\n1\n",
  "test/data/fixtures/sub/more_ids.sql": "select 2 as id",
  "seeds/s.csv": "id\n1\n",
};

const given = "given: [{input: ref('stg'), rows: []}]";

/** Rows are what is wrong, the YAML of the test with a mark at the place, the code and words, and the next step. */
const problems: readonly (readonly [string, string, string, string | undefined])[] = [
  [
    "no expectation",
    `{name: t, model: m, ${given}, §expect: {}}`,
    'RT0236 unit test "t": nothing is expected',
    "write `rows: [...]`; `rows: []` if no rows are expected",
  ],
  ["no expect at all", `§{name: t, model: m, ${given}}`, 'RT0104 unit test "t": expect: a mapping is required here', undefined],
  [
    "an unknown key",
    `{name: t, model: m, ${given}, §expects: {rows: []}, expect: {rows: []}}`,
    'RT0103 unknown key "expects" in unit test "t"',
    'did you mean "expect"?',
  ],
  ["an unknown model", `{name: t, model: §n, expect: {rows: []}}`, 'RT0235 unit test "t": there is no model "n"', 'did you mean "m"?'],
  ["a seed", `{name: t, model: §s, expect: {rows: []}}`, 'RT0235 unit test "t": there is no model "s"', '"s" is a seed; unit tests are of models'],
  [
    "an input without rows",
    `{name: t, model: m, given: [§{input: ref('stg')}], expect: {rows: []}}`,
    'RT0236 unit test "t": neither rows nor a fixture file are given',
    "write `rows: []` for no rows",
  ],
  [
    "rows and a fixture",
    `{name: t, model: m, given: [{input: ref('stg'), rows: [], §fixture: ids}], expect: {rows: []}}`,
    'RT0236 unit test "t": both rows and a fixture file are given',
    "keep one of them",
  ],
  [
    "text without format",
    `{name: t, model: m, given: [{input: ref('stg'), rows: §"id"}], expect: {rows: []}}`,
    'RT0236 unit test "t": rows that are a text need `format: csv` or `format: sql`',
    "add the format beside `rows`",
  ],
  [
    "a list as CSV",
    `{name: t, model: m, given: [{input: ref('stg'), rows: [], format: §csv}], expect: {rows: []}}`,
    'RT0236 unit test "t": rows of format csv are a text, not a list',
    "leave out `format`, or write the rows as a text",
  ],
  [
    "rows that are a number",
    `{name: t, model: m, given: [{input: ref('stg'), rows: §1}], expect: {rows: []}}`,
    'RT0104 unit test "t": given[1].rows: must be a list of mappings such as [{id: 1}], or a text with `format: csv` or `format: sql`',
    undefined,
  ],
  [
    "a column twice",
    `{name: t, model: m, given: [{input: ref('stg'), rows: [{id: 1, §ID: 2}]}], expect: {rows: []}}`,
    'RT0236 unit test "t": this row names the column "ID" twice',
    undefined,
  ],
  [
    "a CSV column twice",
    `{name: t, model: m, given: [{input: ref('stg'), format: csv, rows: "id,§Id\\n1,2"}], expect: {rows: []}}`,
    'RT0236 unit test "t": the CSV names the column "Id" twice',
    undefined,
  ],
  [
    "a CSV column without name",
    `{name: t, model: m, given: [{input: ref('stg'), format: csv, rows: "id,§ \\n1,2"}], expect: {rows: []}}`,
    'RT0236 unit test "t": column 2 of the CSV has no name',
    undefined,
  ],
  [
    "a ragged row",
    `{name: t, model: m, given: [{input: ref('stg'), format: csv, rows: "id\\n1\\n§2,3"}], expect: {rows: []}}`,
    'RT0236 unit test "t": this row of the CSV has 2 values, its header 1',
    "quote values that hold a comma",
  ],
  [
    "an empty CSV",
    `{name: t, model: m, given: [{input: ref('stg'), format: csv, rows: §""}], expect: {rows: []}}`,
    'RT0236 unit test "t": the CSV is empty',
    "its first line names the columns",
  ],
  [
    "a fixture that is not there",
    `{name: t, model: m, given: [{input: ref('stg'), fixture: §idz}], expect: {rows: []}}`,
    'RT0237 unit test "t": there is no fixture "idz"',
    'did you mean "ids"?',
  ],
  [
    "a fixture that is nowhere near",
    `{name: t, model: m, given: [{input: ref('stg'), fixture: §customers}], expect: {rows: []}}`,
    'RT0237 unit test "t": there is no fixture "customers"',
    "put it at test/data/fixtures/customers.csv",
  ],
  [
    "a fixture of another format",
    `{name: t, model: m, given: [{input: ref('stg'), fixture: §ids, format: sql}], expect: {rows: []}}`,
    'RT0237 unit test "t": there is no fixture "ids"',
    "there is test/data/fixtures/ids.csv: say `format: csv`, or leave the format out",
  ],
  [
    "a name as input",
    `{name: t, model: m, given: [{input: §stg, rows: []}], expect: {rows: []}}`,
    "RT0238 unit test \"t\": \"stg\" is neither ref('model') nor source('name', 'table') nor this",
    "write ref('stg')",
  ],
  [
    "SQL that reads",
    `{name: t, model: m, given: [{input: ref('stg'), format: sql, rows: 'select * from §{{ref "stg"}}'}], expect: {rows: []}}`,
    'RT0236 unit test "t": rows in SQL read no other relation',
    "write the rows themselves, as in select 1 as id",
  ],
  [
    "both include and exclude",
    `{name: t, model: m, ${given}, versions: §{include: [1], exclude: [2]}, expect: {rows: []}}`,
    'RT0104 unit test "t": versions: must have either include or exclude',
    undefined,
  ],

  [
    "a missing input",
    `{name: §t, model: m, expect: {rows: []}}`,
    "RT0340 unit test \"m.t\" does not give ref('stg')",
    "add each under `given`; `rows: []` gives no rows",
  ],
  [
    "this, where it is read",
    `{name: §t, model: grows, overrides: {macros: {is_incremental: true}}, ${given}, expect: {rows: []}}`,
    'RT0340 unit test "grows.t" does not give this',
    "add `- input: this` with the rows that are there before the run, or `rows: []` for an empty table",
  ],
  [
    "an input that is not read",
    `{name: t, model: m, given: [{input: ref('stg'), rows: []}, {input: §"source('shop', 'orders')", rows: []}], expect: {rows: []}}`,
    "RT0341 unit test \"m.t\" gives source('shop', 'orders'), which model \"m\" does not read",
    "it reads ref('stg')",
  ],
  [
    "a misspelt input",
    `{name: t, model: m, given: [{input: ref('stg'), rows: []}, {input: §ref('sgt'), rows: []}], expect: {rows: []}}`,
    'RT0341 unit test "m.t" gives ref(\'sgt\'), which model "m" does not read',
    "did you mean \"ref('stg')\"?",
  ],
  [
    "an input given twice",
    `{name: t, model: m, given: [{input: ref('stg'), rows: []}, {input: §ref("stg"), rows: []}], expect: {rows: []}}`,
    "RT0342 unit test \"m.t\" gives ref('stg') twice",
    "put all of its rows into one of them",
  ],
  [
    "an unknown macro",
    `{name: t, model: m, ${given}, overrides: {macros: {§cent: 1}}, expect: {rows: []}}`,
    'RT0343 unit test "m.t" overrides "cent", which is no macro of this project',
    'did you mean "cents"?',
  ],
  [
    "a built-in helper",
    `{name: t, model: m, ${given}, overrides: {macros: {§var: 1}}, expect: {rows: []}}`,
    'RT0343 unit test "m.t" overrides "var", which is no macro of this project',
    "of what is built in, only is_incremental can be overridden; variables are under `vars`, the environment under `env_vars`",
  ],
  [
    "is_incremental that is a word",
    `{name: t, model: m, ${given}, overrides: {macros: {§is_incremental: "yes"}}, expect: {rows: []}}`,
    'RT0343 unit test "m.t" overrides "is_incremental", which is true or false',
    undefined,
  ],
  [
    "a template macro that is a list",
    `{name: t, model: m, ${given}, overrides: {macros: {§half: [1]}}, expect: {rows: []}}`,
    'RT0343 unit test "m.t" overrides "half", which writes text, so its value must be a text, a number, true or false',
    undefined,
  ],
  [
    "an unknown common table expression",
    `{name: t, model: m, ${given}, expect: {ctes: {§"b": {rows: []}}}}`,
    'RT0344 unit test "m.t": model "m" has no common table expression "b"',
    'did you mean "a"?',
  ],
  [
    "a common table expression of a model without",
    `{name: t, model: grows, ${given}, expect: {ctes: {§a: {rows: []}}}}`,
    'RT0344 unit test "grows.t": model "grows" has no common table expression "a"',
    "it has none at its top",
  ],
  [
    "a table of a model that does not grow",
    `{name: t, model: m, ${given}, expect: {table: {rows: §[]}}}`,
    'RT0344 unit test "m.t": a table is expected, but model "m" is no incremental model',
    "expect `rows` instead",
  ],
];

test.each(problems)("%s", async (_, yaml, said, help) => {
  const marked = takeMark({ ...project, "models/unit.yml": `unit_tests:\n  - ${yaml}\n` });
  const opened = await temporaryProject(marked.files).open();
  expect(opened.diagnostics.map((d) => `${d.code} ${opened.place(d.span)} ${d.message}`)).toEqual([`${said.slice(0, 6)} ${marked.place} ${said.slice(7)}`]);
  expect(opened.diagnostics[0]?.help).toBe(help);
});

describe("of a model with versions", () => {
  const versioned = (versions: string) => ({
    "models/v.yml": `models: [{name: v, latest_version: 2, versions: [{v: 1}, {v: 2}]}, {name: both, sql: 'select * from {{ref "v" v=1}} union all select * from {{ref "v" v=2}}'}]
unit_tests: [{name: t, model: v, ${versions}expect: {rows: []}}, {name: u, model: both, given: [{input: "ref('v', v=1)", rows: []}, {input: ref('v'), rows: []}], expect: {rows: []}}]
`,
    "models/v_v1.sql": "select 1 as x",
    "models/v_v2.sql": "select 2 as x",
  });
  test.each([
    ["all of them", "", ["both.u", "v.v1.t", "v.v2.t"]],
    ["those that are included", "versions: {include: [2]}, ", ["both.u", "v.v2.t"]],
    ["those that are not excluded", "versions: {exclude: [2]}, ", ["both.u", "v.v1.t"]],
  ])("%s", async (_, versions, titles) => {
    const { graph, said } = await temporaryProject(versioned(versions)).open();
    expect(said).toEqual([]);
    expect([...(graph?.nodes.values() ?? [])].flatMap((node) => (node.resourceType === "unit_test" ? [node.title] : [])).toSorted()).toEqual(titles);
  });

  test("none that it does not have", async () => {
    const marked = takeMark(versioned("versions: {include: [1, §3]}, "));
    const opened = await temporaryProject(marked.files).open();
    expect(opened.diagnostics.map((d) => `${d.code} ${opened.place(d.span)} ${d.help}`)).toEqual([`RT0240 ${marked.place} its versions are 1, 2`]);
  });
});

test("two of the same name on one model are one too many, on two models they are not", async () => {
  const yaml = (model: string) => `unit_tests: [{name: t, model: ${model}, ${given}, expect: {rows: []}}]\n`;
  const twice = await temporaryProject({ ...project, "models/a.yml": yaml("m"), "models/b.yml": yaml("m") }).open();
  expect(twice.said).toEqual(['RT0206 error models/b.yml:1:21 unit test "m.t" is declared twice']);
  const apart = await temporaryProject({ ...project, "models/a.yml": yaml("m"), "models/b.yml": yaml("grows") }).open();
  expect(apart.said).toEqual([]);
});

test("all mistakes of all tests are told at once", async () => {
  const yaml = `unit_tests:\n  - {name: a, model: m, expect: {rows: []}}\n  - {name: b, model: m, given: [{input: ref('x'), rows: []}], expect: {ctes: {z: {rows: []}}}}\n`;
  const { diagnostics } = await temporaryProject({ ...project, "models/unit.yml": yaml }).open();
  expect(diagnostics.map(({ code }) => code)).toEqual(["RT0340", "RT0341", "RT0340", "RT0344"]);
});

test("a model that is wrong itself is told of once, not once more for each test", async () => {
  const yaml = `models: [{name: bad, sql: 'select {{var "nope"}}'}]\nunit_tests:\n  - {name: a, model: bad, expect: {rows: []}}\n  - {name: b, model: bad, expect: {rows: []}}\n`;
  const { diagnostics } = await temporaryProject({ ...project, "models/bad.yml": yaml }).open();
  expect(diagnostics.map(({ code }) => code)).toEqual(["RT0302"]);
});

describe("a fixture file", () => {
  test("is no seed and no test of its own", async () => {
    const { graph, said } = await temporaryProject(project).open();
    expect(said).toEqual([]);
    expect([...(graph?.nodes.values() ?? [])].map(({ name }) => name).toSorted()).toEqual(["grows", "m", "orders", "s", "stg"]);
  });
});
