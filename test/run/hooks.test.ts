/** Hooks of models, seeds and snapshots: what they see, in which order they run, and what a failing one leaves. */
import { describe, expect, test } from "vitest";
import { takeMark, temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, run, type Warehouse } from "../fixtures/warehouse.ts";

const settings = 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\n';
const said = (text: string) => `"insert into said values ('${text}', (select count(*) from duckdb_tables() where table_name = 'm'))"`;

async function withLog(): Promise<Warehouse> {
  const warehouse = await emptyWarehouse();
  await warehouse.execute("create table said (text varchar, tables integer)");
  return warehouse;
}

const model = (config: string) => ({
  "models/m.yml": `models:\n  - name: m\n    config: {materialized: table, ${config}}\n    sql: select 1 as id\n    columns: [{name: id, tests: [unique]}]\n`,
});

describe("order", () => {
  test("hooks of outer folders run first, then those nearer, then the model's own; before and after the model", async () => {
    const warehouse = await withLog();
    const files = {
      "retain.yml": `${settings}models:\n  +pre_hook: ${said("all")}\n  marts:\n    +pre_hook: [${said("marts")}]\n    +post_hook: {sql: ${said("marts after")}}\n`,
      "models/marts/m.yml": `models: [{name: m, config: {materialized: table, pre_hook: [${said("one")}, {sql: ${said("two")}}], post_hook: ${said("after")}}, sql: select 1 as id}]\n`,
      "models/other.yml": "models: [{name: other, sql: select 1 as id}]\n",
    };
    const { statuses } = await run(temporaryProject(files), warehouse, { select: ["m"] });
    expect(statuses).toEqual({ m: "success" });
    expect(await warehouse.rows("select * from said")).toEqual([
      ["all", 0],
      ["marts", 0],
      ["one", 0],
      ["two", 0],
      ["marts after", 1],
      ["after", 1],
    ]);
  });

  test("hooks outside of the transaction come first and last, and see what is published", async () => {
    const warehouse = await withLog();
    const hooks = `pre_hook: [${said("inside")}, {sql: ${said("before")}, transaction: false}], post_hook: [{sql: ${said("after")}, transaction: false}, ${said("inside again")}]`;
    await run(temporaryProject(model(hooks)), warehouse);
    expect((await warehouse.rows("select text from said")).flat()).toEqual(["before", "inside", "inside again", "after"]);
  });

  test("tests look at what a post_hook has left", async () => {
    const warehouse = await emptyWarehouse();
    const { statuses } = await run(temporaryProject(model('post_hook: "insert into {{this}} select 1"')), warehouse);
    expect(statuses).toEqual({ "unique m.id": "fail", m: "error" });
    expect(await warehouse.relations()).toEqual([]);
  });
});

test("hooks are templates with `this`, and their refs are edges of the graph", async () => {
  const warehouse = await emptyWarehouse();
  const files = {
    "models/m.yml": `models:
  - {name: m, config: {materialized: table, post_hook: "insert into {{this}} select x + {{var 'more' 1}} from {{ref 'z_late'}}"}, sql: select 1 as id}
  - {name: z_late, config: {materialized: table}, sql: select 10 as x}
`,
  };
  const { statuses } = await run(temporaryProject(files), warehouse, { threads: 1 });
  expect(statuses).toEqual({ m: "success", z_late: "success" });
  expect(await warehouse.rows("select id from m order by id")).toEqual([[1], [11]]);
});

test("seeds and snapshots have hooks, too; a seed need not be declared", async () => {
  const warehouse = await withLog();
  const files = {
    "retain.yml": `${settings}seeds: {+post_hook: ${said("seed")}}\n`,
    "seeds/s.csv": "id\n1\n",
    "snapshots/h.yml": `snapshots: [{name: h, relation: ref('s'), config: {strategy: check, unique_key: id, check_cols: all, pre_hook: ${said("before")}, post_hook: ${said("after")}}}]\n`,
  };
  await run(temporaryProject(files), warehouse);
  expect((await warehouse.rows("select text from said")).flat()).toEqual(["seed", "before", "after"]);
});

test("a hook that renders to nothing is none", async () => {
  const warehouse = await emptyWarehouse();
  const { statuses } = await run(temporaryProject(model(`pre_hook: "{{#if (eq target.name 'prod')}}select nonsense{{/if}}"`)), warehouse);
  expect(statuses["m"]).toBe("success");
});

describe("a failing hook fails its node alone, at its own text, and leaves what was there", () => {
  const below = "  - {name: below, sql: 'select * from {{ref \"m\"}}'}\n  - {name: beside, sql: select 1 as x}\n";

  test.each([
    ["pre_hook inside", 'pre_hook: [select 1, "§selct 1"]', "RT0401", [[42]]],
    ["post_hook inside", 'post_hook: "select * from {{this}} where §idd = 1"', "RT0402", [[42]]],
    ["pre_hook outside", 'pre_hook: {sql: "§selct 1", transaction: false}', "RT0401", [[42]]],
    ["post_hook outside", 'post_hook: {sql: "§selct 1", transaction: false}', "RT0401", [[1]]],
  ])("%s", async (_, config, code, rows) => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute("create table m as select 42 as id");
    const { files, place } = takeMark({ "models/m.yml": model(config)["models/m.yml"] + below });
    const { statuses, problems, resultOf } = await run(temporaryProject(files), warehouse);
    expect(problems).toEqual([`${code} ${place}`]);
    expect(statuses).toMatchObject({ m: "error", below: "skipped", beside: "success" });
    expect(await warehouse.rows("select * from m")).toEqual(rows);
    if (rows[0]?.[0] === 1) expect(resultOf("m").message).toMatch(/^published, but then a hook failed: /);
  });

  test("one of a folder is shown in retain.yml", async () => {
    const { problems } = await run(
      temporaryProject({ ...model(""), "retain.yml": `${settings}models:\n  +pre_hook:\n    - sql: |\n        select 1;\n        selct 2\n` }),
      await emptyWarehouse(),
    );
    expect(problems).toEqual(["RT0401 retain.yml:7:9"]);
  });
});

test.each([
  ["§commit", "commit"],
  ["select 1; §ROLLBACK", "rollback"],
  ["§begin transaction; select 'commit'; commit", "begin"],
])("a hook inside the transaction must not end it: %s", async (sql, word) => {
  const { files, place } = takeMark(model(`pre_hook: "${sql}"`));
  const opened = await temporaryProject(files).open();
  expect(opened.said).toEqual([`RT0333 error ${place} a hook inside the transaction must not say "${word}"`]);
  const outside = await temporaryProject(model(`pre_hook: {sql: "${sql.replace("§", "")}", transaction: false}`)).open();
  expect(outside.said).toEqual([]);
});

test("words in texts, names and comments end nothing", async () => {
  const opened = await temporaryProject(model(`pre_hook: "select 'a; commit' as \\"x; end\\" -- ; rollback"`)).open();
  expect(opened.said).toEqual([]);
});

test("hooks of an ephemeral model are said never to run", async () => {
  const { files, place } = takeMark({ "models/m.yml": "models: [{name: e, config: {materialized: ephemeral, pre_hook: §select 1}, sql: select 1 as id}]\n" });
  const opened = await temporaryProject(files).open();
  expect(opened.said).toEqual([`RT0334 warning ${place} the hooks of "e" never run, because it is ephemeral`]);
});

test.each([
  ["pre_hook: {}", "RT0104"],
  ["pre_hook: [1]", "RT0104"],
  ["pre_hook: {sql: select 1, transactoin: false}", "RT0103"],
  ['pre_hook: "{{ref}}"', "RT0207"],
  ["pre_hok: select 1", "RT0103"],
  [`pre_hook: "{{ref 'nope'}}"`, "RT0203"],
])("what is no hook is told: %s", async (config, code) => {
  const opened = await temporaryProject(model(config)).open();
  expect(opened.said.map((line) => line.split(" ")[0])).toContain(code);
});
