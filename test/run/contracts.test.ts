/** Contracts: the declared columns against those that a model has, all that differs at once. */
import { expect, test } from "vitest";
import { temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, run } from "../fixtures/warehouse.ts";

const model = (columns: string, { contract = "{enforced: true}", materialized = "table", sql = "select 1 as id, 'a' as name, 2.5 as price" } = {}) => ({
  "models/m.yml": `models:\n  - name: m\n    config: {materialized: ${materialized}, contract: ${contract}}\n    sql: ${sql}\n    columns: ${columns}\n`,
});

/** The diagnostics with their notes: `place message`. */
async function problemsOf(files: Readonly<Record<string, string>>) {
  const warehouse = await emptyWarehouse();
  const ran = await run(temporaryProject(files), warehouse);
  const isPublished = (await warehouse.relations()).length > 0;
  const { status, diagnostics } = ran.resultOf("m");
  expect(isPublished).toBe(status === "success");
  return diagnostics.flatMap((d) => [
    `${d.code} ${ran.project.place(d.span)} ${d.message.replace(/^.*declares: /, "")}`,
    ...(d.notes ?? []).map((note) => (note.span ? `${ran.project.place(note.span)} ${note.message}` : note.message)),
  ]);
}

test.each(["table", "view"])("a %s that keeps its contract is published, whatever the spelling of its types", async (materialized) => {
  const spellings = "[{name: ID, data_type: int}, {name: name, data_type: text}, {name: price, data_type: 'numeric(2, 1)'}]";
  expect(await problemsOf(model(spellings, { materialized }))).toEqual([]);
  expect(
    await problemsOf(model("[{name: id, data_type: INT4}, {name: name, data_type: string}, {name: price, data_type: Numeric}]", { materialized })),
  ).toEqual([]);
});

test.each(["table", "view"])("a %s that breaks it in four ways at once is told all of them", async (materialized) => {
  const sql = "select 1 as id, 'a' as name, 2.5 as price, 3 as b, 4 as a";
  const columns =
    "[{name: id, data_type: bigint}, {name: nam, data_type: text}, {name: price, data_type: numeric}, {name: a, data_type: int}, {name: b, data_type: int}]";
  expect(await problemsOf(model(columns, { materialized, sql }))).toEqual([
    "RT0406 models/m.yml:5:22 4 differences",
    [
      "declared       actual",
      "id bigint      id integer          another type",
      "nam text       -                   missing",
      "price numeric  price decimal(2,1)",
      "a int          a integer",
      "b int          b integer           another place",
      "-              name varchar        not declared",
    ].join("\n"),
    'models/m.yml:5:53 "nam" is missing',
    'models/m.yml:5:145 "b" stands in another place',
  ]);
});

test.each([
  ["[{name: id, data_type: int}, {name: name, data_type: text}]", 'models/m.yml:2:11 "price" (decimal(2,1)) is not declared'],
  [
    "[{name: id, data_type: int}, {name: name, data_type: text}, {name: price, data_type: numeric}, {name: more, data_type: int}]",
    'models/m.yml:5:116 "more" is missing',
  ],
  ["[{name: id, data_type: date}, {name: name, data_type: text}, {name: price, data_type: numeric}]", 'models/m.yml:5:22 "id" is integer, not date'],
  ["[{name: id, data_type: numeric}, {name: name, data_type: text}, {name: price, data_type: numeric}]", 'models/m.yml:5:22 "id" is integer, not numeric'],
  ["[{name: name, data_type: text}, {name: price, data_type: numeric}, {name: id, data_type: int}]", 'models/m.yml:5:88 "id" stands in another place'],
])("one difference is told in one sentence: %s", async (columns, said) => {
  const [problem, table] = await problemsOf(model(columns));
  expect(problem).toBe(`RT0406 ${said}`);
  expect(table).toMatch(/^declared/);
});

test("alias_types: false wants the database's own spelling", async () => {
  const strict = { contract: "{enforced: true, alias_types: false}" };
  const own = "[{name: id, data_type: INTEGER}, {name: name, data_type: varchar}, {name: price, data_type: 'decimal(2,1)'}]";
  expect(await problemsOf(model(own, strict))).toEqual([]);
  const [problem] = await problemsOf(model(own.replace("INTEGER", "int"), strict));
  expect(problem).toBe('RT0406 models/m.yml:5:22 "id" is integer, not int');
});

test("a type that the database does not know is shown where it is declared", async () => {
  expect(await problemsOf(model("[{name: id, data_type: int}, {name: name, data_type: strng}, {name: price, data_type: numeric}]"))).toEqual([
    "RT0403 models/m.yml:5:50 Type with name strng does not exist",
  ]);
});

test("a contract that is broken is told before anything is computed", async () => {
  const sql = "select cast('x' as integer) as id, error('computed') as name, 2.5 as price";
  const [problem] = await problemsOf(model("[{name: id, data_type: int}, {name: price, data_type: numeric}]", { sql }));
  expect(problem).toMatch(/^RT0406 /);
});

test("settings of a folder and of the model make one contract", async () => {
  const files = {
    ...model("[{name: id, data_type: int}, {name: name, data_type: varchar}, {name: price, data_type: 'decimal(2,1)'}]", { contract: "{alias_types: false}" }),
  };
  const settings = 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nmodels: {+contract: {enforced: true}}\n';
  const [problem] = await problemsOf({ ...files, "retain.yml": settings });
  expect(problem).toBe('RT0406 models/m.yml:5:22 "id" is integer, not int');
});

test.each([
  ["columns: [{name: id, data_type: int}, {name: §name}]", 'RT0332 error models/m.yml:HERE the contract of "m" needs the type of its column "name"'],
  ["config: {contract: §{enforced: true}}", 'RT0337 error models/m.yml:HERE the contract of "m" is enforced, but no columns are declared'],
  ["columns: [{name: §id}]\n    config: {materialized: ephemeral}", 'RT0332 error models/m.yml:HERE the contract of "m" needs the type of its column "id"'],
])("a contract that cannot be kept is told before anything runs: %s", async (yaml, said) => {
  const text = `models:\n  - name: m\n    sql: select 1 as id, 'a' as name\n    ${yaml}\n`;
  const before = text.slice(0, text.indexOf("§")).split("\n");
  const settings = 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nmodels: {+contract: {enforced: true}}\n';
  const opened = await temporaryProject({ "retain.yml": settings, "models/m.yml": text.replace("§", "") }).open();
  expect(opened.said).toEqual([said.replace("HERE", `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`)]);
});
