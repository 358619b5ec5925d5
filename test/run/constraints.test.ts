/** Constraints: what each type refuses, how many rows break it, and what the warehouse holds of it. */
import { describe, expect, test } from "vitest";
import { temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, run } from "../fixtures/warehouse.ts";

interface Case {
  readonly type: string;
  /** Under the column `id`, or under the model. */
  readonly ofColumn?: string;
  readonly ofModel?: string;
  readonly good: string;
  readonly bad: string;
  readonly said: string;
  /** As the database spells it; undefined where it does not hold it. */
  readonly held?: string;
}

const cases: readonly Case[] = [
  {
    type: "not_null",
    ofColumn: "{type: not_null}",
    good: "(1, 'a')",
    bad: "(1, 'a'), (null, 'b'), (null, 'c')",
    said: "not_null (id): 2 failing rows",
    held: "NOT NULL",
  },
  {
    type: "not_null of several",
    ofModel: "{type: not_null, columns: [id, name]}",
    good: "(1, 'a')",
    bad: "(1, 'a'), (null, 'b'), (2, null)",
    said: "not_null (id, name): 2 failing rows",
    held: 'CHECK(((id IS NOT NULL) AND ("name" IS NOT NULL)))',
  },
  {
    type: "unique",
    ofColumn: "{type: unique}",
    good: "(1, 'a'), (null, 'b'), (null, 'c')",
    bad: "(1, 'a'), (1, 'b'), (2, 'c'), (1, 'd')",
    said: "unique (id): 3 failing rows",
    held: "UNIQUE(id)",
  },
  {
    type: "unique of several",
    ofModel: "{type: unique, columns: [id, name]}",
    good: "(1, 'a'), (1, 'b'), (1, null), (1, null)",
    bad: "(1, 'a'), (1, 'a')",
    said: "unique (id, name): 2 failing rows",
    held: 'UNIQUE(id, "name")',
  },
  {
    type: "primary_key",
    ofColumn: "{type: primary_key}",
    good: "(1, 'a'), (2, 'a')",
    bad: "(1, 'a'), (1, 'b'), (null, 'c')",
    said: "primary_key (id): 3 failing rows",
    held: "PRIMARY KEY(id)",
  },
  {
    type: "primary_key of several",
    ofModel: "{type: primary_key, columns: [name, id]}",
    good: "(1, 'a'), (1, 'b')",
    bad: "(1, 'a'), (1, null)",
    said: "primary_key (name, id): 1 failing row",
    held: 'PRIMARY KEY("name", id)',
  },
  {
    type: "check",
    ofColumn: "{type: check, expression: 'id > 0', name: positive}",
    good: "(1, 'a'), (null, 'b')",
    bad: "(1, 'a'), (-1, 'b')",
    said: "check (id > 0): 1 failing row",
    held: "CHECK((id > 0))",
  },
  {
    type: "check with a template",
    ofModel: "{type: check, expression: 'id <= {{var \"most\"}}'}",
    good: "(3, 'a')",
    bad: "(4, 'b')",
    said: "check (id <= 3): 1 failing row",
    held: "CHECK((id <= 3))",
  },
  {
    type: "foreign_key",
    ofColumn: "{type: foreign_key, to: ref('other')}",
    good: "(1, 'a'), (null, 'b')",
    bad: "(1, 'a'), (7, 'b'), (8, 'c')",
    said: "foreign_key (id): 2 failing rows",
  },
  {
    type: "foreign_key of several",
    ofModel: "{type: foreign_key, columns: [id, name], to: ref('other'), to_columns: [id, label]}",
    good: "(1, 'x'), (1, null)",
    bad: "(1, 'y')",
    said: "foreign_key (id, name): 1 failing row",
  },
];

const files = (item: Case, rows: string, config = "materialized: table, contract: {enforced: true}") => ({
  "retain.yml": 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nvars: {most: 3}\n',
  "models/m.yml": `models:
  - {name: other, sql: "select 1 as id, 'x' as label"}
  - name: m
    config: {${config}}
    sql: "select cast(id as integer) as id, cast(name as varchar) as name from (values ${rows}) as t(id, name)"
    columns:
      - {name: id, data_type: integer${item.ofColumn ? `, constraints: [${item.ofColumn}]` : ""}}
      - {name: name, data_type: varchar}
    constraints: [${item.ofModel ?? ""}]
`,
});

describe.each(cases)("$type", (item) => {
  test("a table that keeps it is published, and the warehouse holds it", async () => {
    const warehouse = await emptyWarehouse();
    const { statuses } = await run(temporaryProject(files(item, item.good)), warehouse);
    expect(statuses).toEqual({ other: "success", m: "success" });
    const held = await warehouse.rows("select constraint_text from duckdb_constraints() where table_name = 'm' order by constraint_type = 'NOT NULL' limit 1");
    expect(held).toEqual(item.held === undefined ? [] : [[item.held]]);
  });

  test("a table that breaks it keeps yesterday's rows, and the failing ones are counted", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute("create table m as select 42 as id");
    const { resultOf, problems, project } = await run(temporaryProject(files(item, item.bad)), warehouse);
    expect(resultOf("m").diagnostics.map((d) => d.message)).toEqual([`"m" breaks its constraint ${item.said}`]);
    const text = project.sources.get("models/m.yml") ?? "";
    const line = text.split("\n").findIndex((part) => part.includes("constraints: [{")) + 1;
    expect(problems[0]).toMatch(new RegExp(`^RT0440 models/m\\.yml:${line}:`));
    expect(await warehouse.rows("select * from m")).toEqual([[42]]);
  });

  test.each(["view", "ephemeral"])("on a model that is %s it is said not to be enforced", async (materialized) => {
    const opened = await temporaryProject(files(item, item.good, `materialized: ${materialized}, contract: {enforced: true}`)).open();
    expect(opened.diagnostics.map((d) => `${d.code} ${d.severity}`)).toEqual(["RT0331 warning"]);
    const quiet = {
      ...item,
      ofColumn: item.ofColumn?.replace("}", ", warn_unenforced: false}"),
      ofModel: item.ofModel?.replace("}", ", warn_unsupported: false}"),
    };
    if (item.type !== "check with a template") {
      const silenced = await temporaryProject(files(quiet as Case, item.good, `materialized: ${materialized}, contract: {enforced: true}`)).open();
      expect(silenced.said).toEqual([]);
    }
  });

  test("without an enforced contract it is said not to be enforced", async () => {
    const opened = await temporaryProject(files(item, item.good, "materialized: table")).open();
    expect(opened.diagnostics.map((d) => `${d.code} ${d.severity}`)).toEqual(["RT0330 warning"]);
  });
});

test("all that is broken is told at once", async () => {
  const warehouse = await emptyWarehouse();
  const item = {
    type: "",
    ofColumn: "{type: primary_key}, {type: foreign_key, to: ref('other')}",
    ofModel: "{type: check, expression: 'length(name) < 2'}",
    good: "",
    bad: "",
    said: "",
  };
  const { resultOf } = await run(temporaryProject(files(item, "(1, 'a'), (1, 'long'), (5, 'b')")), warehouse);
  expect(resultOf("m").diagnostics.map((d) => d.message.replace(/^.*constraint /, ""))).toEqual([
    "primary_key (id): 2 failing rows",
    "foreign_key (id): 1 failing row",
    "check (length(name) < 2): 1 failing row",
  ]);
});

test("a foreign key may point into its own table", async () => {
  const text = (manager: number) => `models:
  - name: staff
    config: {materialized: table, contract: {enforced: true}}
    sql: "select * from (values (1, null), (2, ${manager})) as t(id, manager_id)"
    columns: [{name: id, data_type: integer}, {name: manager_id, data_type: integer, constraints: [{type: foreign_key, to: ref('staff'), to_columns: [id]}]}]
`;
  const warehouse = await emptyWarehouse();
  const project = temporaryProject({ "models/m.yml": text(1) });
  expect((await run(project, warehouse)).statuses).toEqual({ staff: "success" });
  project.write({ "models/m.yml": text(9) });
  const { resultOf } = await run(project, warehouse);
  expect(resultOf("staff").message).toBe('"staff" breaks its constraint foreign_key (manager_id): 1 failing row');
  expect(await warehouse.rows("select manager_id from staff where id = 2")).toEqual([[1]]);
});

test("a custom constraint is part of the statement that creates the table", async () => {
  const warehouse = await emptyWarehouse();
  const item = { type: "custom", ofColumn: `{type: custom, expression: "default 7"}`, good: "", bad: "", said: "" };
  await run(temporaryProject(files(item, "(1, 'a')")), warehouse);
  await warehouse.execute("insert into m (name) values ('new')");
  expect(await warehouse.rows("select id from m where name = 'new'")).toEqual([[7]]);
});

test("an expression that is wrong is shown where it stands", async () => {
  const warehouse = await emptyWarehouse();
  const item = { type: "check", ofColumn: `{type: check, expression: "idd > 0"}`, good: "", bad: "", said: "" };
  const { problems } = await run(temporaryProject(files(item, "(1, 'a')")), warehouse);
  expect(problems).toEqual(["RT0402 models/m.yml:7:81"]);
});

test.each([
  ["columns: [{name: id, data_type: integer, constraints: [{type: §check}]}]", "RT0225", "constraint check: needs an `expression`"],
  ["columns: [{name: id, constraints: [{type: unique, expression: §a > 1}]}]", "RT0225", "constraint unique: takes no `expression`"],
  ["columns: [{name: id, constraints: [{type: §foreign_key}]}]", "RT0225", "constraint foreign_key: needs `to`"],
  [
    "columns: [{name: id, constraints: [{type: foreign_key, to: §customers}]}]",
    "RT0225",
    "constraint foreign_key: `to` must be ref('model') or source('name', 'table')",
  ],
  ["columns: [{name: id, constraints: [{type: foreign_key, to: §ref('nobody')}]}]", "RT0203", 'unknown model "nobody"'],
  [
    "columns: [{name: id, constraints: [{type: foreign_key, to: ref('m'), to_columns: §[a, b]}]}]",
    "RT0225",
    "constraint foreign_key: has 1 columns here and 2 there",
  ],
  ["columns: [{name: id, constraints: [{type: unique, to: §ref('m')}]}]", "RT0225", "constraint unique: only a foreign_key points somewhere"],
  ["columns: [{name: id}]\n    constraints: [{type: §unique}]", "RT0225", "constraint unique: needs the `columns` that it is about"],
  ["columns: [{name: id}]\n    constraints: [{type: unique, columns: §[idd]}]", "RT0225", 'constraint unique: there is no column "idd" under `columns`'],
  [
    "columns: [{name: id, constraints: [{type: primary_key}]}, {name: b, constraints: [{type: §primary_key}]}]",
    "RT0225",
    "constraint primary_key: a model has one primary key",
  ],
  ["columns: [{name: id, data_type: int, constraints: [{type: not_null}]}, {name: §b}]", "RT0332", 'the contract of "m" needs the type of its column "b"'],
  [
    "columns: [{name: id, constraints: [{type: §nope}]}]",
    "RT0104",
    'model "m": columns[1].constraints[1].type: must be one of not_null, unique, primary_key, foreign_key, check, custom',
  ],
])("what makes no sense is said at its place: %s", async (columns, code, message) => {
  const text = `models:\n  - name: m\n    config: {materialized: table, contract: {enforced: true}}\n    sql: select 1 as id, 2 as b\n    ${columns}\n`;
  const before = text.slice(0, text.indexOf("§")).split("\n");
  const opened = await temporaryProject({ "models/m.yml": text.replace("§", "") }).open();
  expect(opened.said[0]).toContain(`${code} error models/m.yml:${before.length}:${(before.at(-1)?.length ?? 0) + 1} ${message}`);
});
