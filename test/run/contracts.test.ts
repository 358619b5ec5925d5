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
  expect(await problemsOf(model("[{name: id}, {name: name}, {name: price, data_type: Numeric}]", { materialized }))).toEqual([]);
  expect(await problemsOf(model("[{name: id}, {name: name}, {name: price}]", { materialized }))).toEqual([]);
});

test.each(["table", "view"])("a %s that breaks it in four ways at once is told all of them", async (materialized) => {
  const sql = "select 1 as id, 'a' as name, 2.5 as price, 3 as b, 4 as a";
  const columns = "[{name: id, data_type: bigint}, {name: nam, data_type: text}, {name: price}, {name: a}, {name: b}]";
  expect(await problemsOf(model(columns, { materialized, sql }))).toEqual([
    "RT0406 models/m.yml:5:22 4 differences",
    [
      "declared   actual",
      "id bigint  id integer          another type",
      "nam text   -                   missing",
      "price      price decimal(2,1)",
      "a          a integer",
      "b          b integer           another place",
      "-          name varchar        not declared",
    ].join("\n"),
    'models/m.yml:5:53 "nam" is missing',
    'models/m.yml:5:109 "b" stands in another place',
  ]);
});

test.each([
  ["[{name: id}, {name: name}]", 'models/m.yml:2:11 "price" (decimal(2,1)) is not declared'],
  ["[{name: id}, {name: name}, {name: price}, {name: more}]", 'models/m.yml:5:63 "more" is missing'],
  ["[{name: id, data_type: date}, {name: name}, {name: price}]", 'models/m.yml:5:22 "id" is integer, not date'],
  ["[{name: id, data_type: numeric}, {name: name}, {name: price}]", 'models/m.yml:5:22 "id" is integer, not numeric'],
  ["[{name: name}, {name: price}, {name: id}]", 'models/m.yml:5:51 "id" stands in another place'],
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
  expect(await problemsOf(model("[{name: id}, {name: name, data_type: strng}, {name: price}]"))).toEqual([
    "RT0403 models/m.yml:5:34 Type with name strng does not exist",
  ]);
});

test("a contract that is broken is told before anything is computed", async () => {
  const sql = "select cast('x' as integer) as id, error('computed') as name, 2.5 as price";
  const [problem] = await problemsOf(model("[{name: id}, {name: price}]", { sql }));
  expect(problem).toMatch(/^RT0406 /);
});

test("settings of a folder and of the model make one contract", async () => {
  const files = { ...model("[{name: id, data_type: int}, {name: name}, {name: price}]", { contract: "{alias_types: false}" }) };
  const settings = 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nmodels: {+contract: {enforced: true}}\n';
  const [problem] = await problemsOf({ ...files, "retain.yml": settings });
  expect(problem).toBe('RT0406 models/m.yml:5:22 "id" is integer, not int');
});
