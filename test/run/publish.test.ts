/** Write, audit, publish: a relation is replaced only by one that passed its tests, in one transaction. */
import { describe, expect, test } from "vitest";
import { temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, run } from "../fixtures/warehouse.ts";

const model = (materialized: string, sql: string, more = "") => ({
  "models/m.yml": `models:\n  - name: m\n    config: {materialized: ${materialized}}\n    sql: ${sql}\n${more}  - {name: below, config: {materialized: table}, sql: 'select * from {{ref "m"}}'}\n`,
});
const positive = (severity: string) => `    columns: [{name: x, tests: [{expression_is_true: {name: positive, expression: '> 0', severity: ${severity}}}]}]\n`;

describe.each(["table", "view"])("a %s", (materialized) => {
  test("whose test fails is not published: yesterday's is still there, and what builds on it", async () => {
    const warehouse = await emptyWarehouse();
    const project = temporaryProject(model(materialized, "select 1 as x", positive("error")));
    expect((await run(project, warehouse)).statuses).toEqual({ positive: "pass", m: "success", below: "success" });
    project.write(model(materialized, "select -5 as x, 'new' as y", positive("error")));
    const { statuses, resultOf } = await run(project, warehouse);
    expect(statuses).toEqual({ positive: "fail", m: "error", below: "skipped" });
    expect(resultOf("m").message).toBe("not published: 1 test of 1 did not pass");
    expect(await warehouse.rows("select * from m")).toEqual([[1]]);
    expect(await warehouse.rows("select * from below")).toEqual([[1]]);
    expect(await warehouse.relations()).toEqual(["main.below table", `main.m ${materialized}`]);
  });

  test("whose test warns is published", async () => {
    const warehouse = await emptyWarehouse();
    const { statuses } = await run(temporaryProject(model(materialized, "select -5 as x", positive("warn"))), warehouse);
    expect(statuses).toEqual({ positive: "warn", m: "success", below: "success" });
    expect(await warehouse.rows("select * from below")).toEqual([[-5]]);
  });

  test("whose test cannot run is not published", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute(`create ${materialized} m as select 1 as x`);
    const broken = "    tests: [{expression_is_true: {name: broken, expression: nope > 0, severity: warn}}]\n";
    const { statuses } = await run(temporaryProject(model(materialized, "select 2 as x", broken)), warehouse);
    expect(statuses).toEqual({ broken: "error", m: "error", below: "skipped" });
    expect(await warehouse.rows("select * from m")).toEqual([[1]]);
  });

  test("that cannot be created leaves the old one", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute(`create ${materialized} m as select 1 as x`);
    const { statuses } = await run(temporaryProject(model(materialized, "select cast(nope as integer) as x", positive("error"))), warehouse);
    expect(statuses).toMatchObject({ m: "error", below: "skipped" });
    expect(await warehouse.rows("select * from m")).toEqual([[1]]);
  });

  test("may replace one of the other kind, with and without tests", async () => {
    for (const tests of ["", positive("error")]) {
      const warehouse = await emptyWarehouse();
      await warehouse.execute(`create ${materialized === "table" ? "view" : "table"} m as select 1 as x`);
      const { statuses } = await run(temporaryProject(model(materialized, "select 2 as x", tests)), warehouse);
      expect(statuses).toMatchObject({ m: "success", below: "success" });
      expect(await warehouse.relations()).toEqual(["main.below table", `main.m ${materialized}`]);
      expect(await warehouse.rows("select * from m")).toEqual([[2]]);
    }
  });

  test("does not lose one of the other kind when its test fails", async () => {
    const warehouse = await emptyWarehouse();
    const other = materialized === "table" ? "view" : "table";
    await warehouse.execute(`create ${other} m as select 1 as x`);
    await run(temporaryProject(model(materialized, "select -2 as x", positive("error"))), warehouse);
    expect(await warehouse.relations()).toEqual([`main.m ${other}`]);
    expect(await warehouse.rows("select * from m")).toEqual([[1]]);
  });

  test("is published under its alias in its schema", async () => {
    const warehouse = await emptyWarehouse();
    const files = {
      "models/m.yml": `models:\n  - {name: m, config: {materialized: ${materialized}, schema: Mart, alias: the "m"}, sql: select 1 as x}\n  - {name: below, config: {schema: other}, sql: 'select x + 1 as x from {{ref "m"}}'}\n`,
    };
    await run(temporaryProject(files), warehouse);
    expect(await warehouse.relations()).toEqual([`Mart.the "m" ${materialized}`, "other.below view"]);
    expect(await warehouse.rows("select x from other.below")).toEqual([[2]]);
  });
});

test("several failing tests are all told", async () => {
  const tests =
    "    tests: [{expression_is_true: {name: one, expression: x > 1}}, {expression_is_true: {name: two, expression: x > 0}}, {expression_is_true: {name: three, expression: x > 2}}]\n";
  const { statuses, resultOf } = await run(temporaryProject(model("table", "select 1 as x", tests)), await emptyWarehouse());
  expect(statuses).toEqual({ one: "fail", two: "pass", three: "fail", m: "error", below: "skipped" });
  expect(resultOf("m").message).toBe("not published: 2 tests of 3 did not pass");
});

test("tests behind one that ends the transaction are told to be skipped", async () => {
  const tests = "    tests: [{expression_is_true: {name: one, expression: cast(y as integer) > 1}}, {expression_is_true: {name: two, expression: x > 0}}]\n";
  const warehouse = await emptyWarehouse();
  const { statuses, resultOf } = await run(temporaryProject(model("table", "select 1 as x, 'text' as y", tests)), warehouse);
  expect(statuses).toEqual({ one: "error", two: "skipped", m: "error", below: "skipped" });
  expect(resultOf("two").message).toBe("not run: an earlier failure had ended the transaction");
  expect(await warehouse.relations()).toEqual([]);
});

test("a test that reads a model and its parent holds back the model only", async () => {
  const warehouse = await emptyWarehouse();
  const files = { ...model("table", "select 1 as x"), "test/data/both.sql": 'select 1 as bad from {{ref "m"}} join {{ref "below"}} using (x)' };
  const { statuses } = await run(temporaryProject(files), warehouse);
  expect(statuses).toEqual({ m: "success", both: "fail", below: "error" });
  expect(await warehouse.relations()).toEqual(["main.m table"]);
});

test("a seed whose test fails keeps its old rows", async () => {
  const warehouse = await emptyWarehouse();
  const project = temporaryProject({
    "seeds/s.csv": "id\n1\n",
    "seeds/s.yml": "seeds: [{name: s, columns: [{name: id, data_type: integer, tests: [unique]}]}]\n",
  });
  expect((await run(project, warehouse)).statuses).toEqual({ "unique s.id": "pass", s: "success" });
  project.write({ "seeds/s.csv": "id\n2\n2\n" });
  expect((await run(project, warehouse)).statuses).toEqual({ "unique s.id": "fail", s: "error" });
  expect(await warehouse.rows("select * from s")).toEqual([[1]]);
});

test("a seed may replace a view, and loses to it when its test fails", async () => {
  const warehouse = await emptyWarehouse();
  await warehouse.execute("create view s as select 9 as id");
  const project = temporaryProject({
    "seeds/s.csv": "id\n2\n2\n",
    "seeds/s.yml": "seeds: [{name: s, columns: [{name: id, data_type: integer, tests: [unique]}]}]\n",
  });
  await run(project, warehouse);
  expect(await warehouse.rows("select * from s")).toEqual([[9]]);
  project.write({ "seeds/s.csv": "id\n2\n" });
  await run(project, warehouse);
  expect(await warehouse.relations()).toEqual(["main.s table"]);
});

test("a test of an ephemeral model runs on its query and holds back nothing that was published before", async () => {
  const files = {
    "models/m.yml":
      "models:\n  - {name: src, sql: select -1 as x}\n  - {name: e, config: {materialized: ephemeral}, sql: 'select x from {{ref \"src\"}}', columns: [{name: x, tests: [{accepted_range: {min_value: 0}}]}]}\n  - {name: reader, sql: 'select * from {{ref \"e\"}}'}\n",
  };
  const warehouse = await emptyWarehouse();
  const { statuses } = await run(temporaryProject(files), warehouse);
  expect(statuses).toEqual({ src: "success", "accepted_range e.x": "fail", reader: "skipped" });
  expect(await warehouse.relations()).toEqual(["main.src view"]);
});

describe("other commands", () => {
  const files = { ...model("table", "select -1 as x", positive("error")), "seeds/s.csv": "a\n1\n" };

  test("run builds the models and asks no tests", async () => {
    const { statuses } = await run(temporaryProject(files), await emptyWarehouse(), { command: "run" });
    expect(statuses).toEqual({ m: "success", below: "success" });
  });

  test("seed loads the seeds only", async () => {
    expect((await run(temporaryProject(files), await emptyWarehouse(), { command: "seed" })).statuses).toEqual({ s: "success" });
  });

  test("test asks the tests of what is there and changes nothing", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute("create table m as select 5 as x");
    expect((await run(temporaryProject(files), warehouse, { command: "test" })).statuses).toEqual({ positive: "pass" });
    expect(await warehouse.relations()).toEqual(["main.m table"]);
  });
});
