/** --empty and --sample: what models read of their inputs, whatever the SQL around a ref looks like. */
import { describe, expect, test } from "vitest";
import type { InputLimit } from "../../src/compile/limited-inputs.ts";
import { plainText } from "../../src/core/mapped-text.ts";
import { temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, run } from "../fixtures/warehouse.ts";

const rows = (count: number, row: (i: number) => string) => Array.from({ length: count }, (_, i) => `${row(i)}\n`).join("");
const inputs = {
  "seeds/orders.csv": `id,customer_id,amount\n${rows(400, (i) => `${i},c${i % 40},${i}.50`)}`,
  "data/customers.csv": `customer_id,name\n${rows(40, (i) => `c${i},Name ${i}`)}`,
  "seeds/s.yml": `seeds:
  - name: orders
    columns:
      - {name: id, data_type: integer, tests: [unique, not_null]}
      - {name: customer_id, data_type: varchar, tests: [{relationships: {to: "source('shop', 'customers')", field: customer_id}}]}
      - {name: amount, data_type: "decimal(18,2)"}
    tests: [{row_count_between: {min: 400}}]
sources:
  - name: shop
    tables: [{name: customers, location: data/customers.csv, columns: [{name: CUSTOMER_ID, data_type: varchar}, {name: name, data_type: varchar}]}]
`,
};

async function build(models: Readonly<Record<string, string>>, limit: InputLimit | undefined, more: Readonly<Record<string, string>> = {}) {
  const list = Object.entries(models).map(([name, sql]) => `  - name: ${name}\n    config: {materialized: table}\n    sql: ${JSON.stringify(sql)}\n`);
  const warehouse = await emptyWarehouse();
  const project = temporaryProject({ ...inputs, "models/m.yml": `models:\n${list.join("")}`, ...more });
  const ran = await run(project, warehouse, { open: { inputs: limit } });
  return { warehouse, ran };
}

const count = 'select count(*)::integer as n, count(distinct customer_id)::integer as people from {{ref "orders"}}';

describe("how much is read", () => {
  test.each<[string, InputLimit, readonly number[]]>([
    ["no rows", { kind: "none" }, [0, 0]],
    ["the first rows", { kind: "rows", rows: 7 }, [7, 7]],
    ["more rows than there are", { kind: "rows", rows: 1000 }, [400, 40]],
  ])("%s", async (_, limit, expected) => {
    const { warehouse } = await build({ m: count }, limit);
    expect(await warehouse.rows("select n, people from m")).toEqual([expected]);
  });

  test("a share of the rows, the same ones each time, and about as many as asked for", async () => {
    const seen: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      const { warehouse } = await build({ m: 'select id from {{ref "orders"}}' }, { kind: "share", percent: 25, key: undefined });
      seen.push(await warehouse.rows("select id from m order by id"));
    }
    expect(seen[1]).toEqual(seen[0]);
    expect((seen[0] as unknown[]).length).toBeGreaterThan(60);
    expect((seen[0] as unknown[]).length).toBeLessThan(140);
  });

  test("a share by a key keeps people whole, and all inputs that declare it agree", async () => {
    const models = {
      ids: 'select distinct customer_id from {{ref "orders"}}',
      people: 'select customer_id from {{source "shop" "customers"}}',
      all: 'select customer_id, count(*)::integer as n from {{ref "orders"}} group by 1',
    };
    const { warehouse } = await build(models, { kind: "share", percent: 30, key: "Customer_Id" });
    const people = await warehouse.rows("select customer_id from people order by 1");
    expect(await warehouse.rows("select customer_id from ids order by 1")).toEqual(people);
    expect(people.length).toBeGreaterThan(3);
    expect(people.length).toBeLessThan(25);
    expect(await warehouse.rows("select distinct n from all_ ".replace("all_", '"all"'))).toEqual([[10]]);
  });

  test("a key that no input declares is an error that knows better", async () => {
    const opened = await temporaryProject(inputs).open({ inputs: { kind: "share", percent: 5, key: "custmer_id" } });
    expect(opened.said).toEqual(['RT0026 error nowhere no seed or source declares a column "custmer_id"']);
    expect(opened.diagnostics[0]?.help).toBe('did you mean "customer_id"?');
  });
});

describe("whatever stands around a ref", () => {
  const orders = '{{ref "orders"}}';
  const shop = '{{source "shop" "customers"}}';
  const cases: readonly (readonly [what: string, sql: string])[] = [
    ["no alias, and its name used", `select orders.id from ${orders} where orders.id >= 0`],
    ["no alias before a comma", `select orders.id, name from ${orders}, ${shop}`],
    ["an alias with as", `select o.id from ${orders} as o`],
    ["an alias without as", `select o.id from ${orders} o`],
    ["a quoted alias", `select "my o".id from ${orders} "my o"`],
    ["an alias after comments", `select o.id from ${orders} -- all of them\n /* really */ as o`],
    ["an alias in front", `select o.id from o: ${orders}`],
    ["column aliases", `select o.a from ${orders} as o(a, b, c)`],
    ["a join with using", `select orders.id from ${orders} join ${shop} using (customer_id)`],
    ["every kind of join", `select a.id from ${orders} a left join ${orders} on orders.id = a.id anti join ${shop} as c on c.name = a.customer_id`],
    ["a natural join", `select orders.id, name from ${orders} natural join ${shop}`],
    ["a cross, a semi and a positional join", `select o.id from ${orders} o cross join ${shop} semi join ${orders} using (id) positional join ${shop} as p`],
    ["group, having, order and limit", `select customer_id from ${orders} group by all having count(*) >= 0 order by customer_id limit 3`],
    ["a common table of the same name", `with orders as (select * from ${orders}) select id from orders`],
    ["a common table of another name", `with o as (from ${orders}) select o.id from o`],
    ["brackets right behind it", `select (select max(id) from ${orders}) as m, exists(from ${orders}) as e`],
    ["its name as a qualifier by ref", `select ${orders}.id from ${orders}`],
    ["a union", `select id from ${orders} union all select id from ${orders} union select 1`],
    ["a sample of its own", `select id from ${orders} tablesample reservoir(3 rows)`],
    ["a pivot", `pivot ${orders} on customer_id using sum(amount) group by id`],
    ["the end of the text", `from ${orders}`],
    ["a comment at the end", `from ${orders} -- as x`],
    ["a block behind it", `select {{#if true}}o{{/if}}.id from ${orders}{{#if true}} as o{{/if}}`],
    ["a macro's argument", `{{> rows_of relation=(ref "orders")}}`],
  ];
  const models = Object.fromEntries(cases.map(([, sql], i) => [`m${i}`, sql]));
  const macro = {
    "macros/rows_of.hbs": "select r.id from {{relation}} as r",
    "macros/m.yml": "macros: [{name: rows_of, arguments: [{name: relation, type: relation}]}]\n",
  };

  // The same SQL without a limit has to be right, or the cases say nothing.
  test.each<[string, InputLimit | undefined]>([
    ["no limit", undefined],
    ["no rows", { kind: "none" }],
    ["five rows", { kind: "rows", rows: 5 }],
  ])("it is read with %s", async (_, limit) => {
    const { ran } = await build(models, limit, macro);
    const failed = cases.filter((_case, i) => ran.statuses[`m${i}`] !== "success").map(([what], i) => `${what}: ${ran.statuses[`m${i}`]}`);
    expect(failed).toEqual([]);
  });

  test("errors still show the analyst's own place", async () => {
    const { ran } = await build({ m: `select nope from ${orders}` }, { kind: "rows", rows: 5 });
    expect(ran.problems).toEqual(["RT0402 models/m.yml:4:18"]);
  });
});

describe("tests", () => {
  const failing = { m: `${count} having count(*) > 0` };
  const needsRows = {
    "models/t.yml":
      'models: [{name: n, sql: \'select * from {{ref "m"}}\', tests: [{row_count_between: {min: 1}}, {expression_is_true: {expression: "n = 400"}}]}]\n',
  };

  test("of nothing only have to run: seeds and models are there, without rows", async () => {
    const { warehouse, ran } = await build(failing, { kind: "none" }, needsRows);
    expect([...new Set(Object.values(ran.statuses))].toSorted()).toEqual(["pass", "success"]);
    expect(await warehouse.rows("select (select count(*) from orders)::integer, (select count(*) from m)::integer, (select count(*) from n)::integer")).toEqual(
      [[0, 0, 0]],
    );
    expect(await warehouse.rows("select data_type from information_schema.columns where table_name = 'orders' order by ordinal_position")).toEqual([
      ["INTEGER"],
      ["VARCHAR"],
      ["DECIMAL(18,2)"],
    ]);
  });

  test("of nothing still fail when their SQL is wrong, and so do types and contracts", async () => {
    const wrong = {
      "models/t.yml": `models:
  - {name: n, sql: 'select * from {{ref "m"}}', tests: [{expression_is_true: {expression: "nope = 1"}}]}
  - {name: c, sql: 'select n from {{ref "m"}}', config: {contract: {enforced: true}}, columns: [{name: n, data_type: varchar}]}
  - {name: t, sql: 'select n + name as x from {{ref "m"}}, {{source "shop" "customers"}}'}
`,
    };
    const { ran } = await build(failing, { kind: "none" }, wrong);
    expect(ran.problems.map((problem) => problem.slice(0, 6)).toSorted()).toEqual(["RT0402", "RT0405", "RT0406"]);
  });

  test("of a sample warn, and stop nothing", async () => {
    const { warehouse, ran } = await build(failing, { kind: "rows", rows: 10 }, needsRows);
    expect(ran.statuses).toMatchObject({ "expression_is_true n": "warn", m: "success", n: "success" });
    expect(await warehouse.rows("select n from n")).toEqual([[10]]);
  });
});

test("text without a limit is left as it is", async () => {
  const { nameLimitedInputs } = await import("../../src/compile/limited-inputs.ts");
  const text = plainText("select '(/* limited input' from x");
  expect(nameLimitedInputs(text).text).toBe(text.text);
});
