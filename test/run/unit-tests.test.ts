/** Unit tests as they run: on given rows alone, without a relation of the warehouse, before the model that they test. */
import { describe, expect, test } from "vitest";
import { type Files, temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, type Ran, run } from "../fixtures/warehouse.ts";

const project: Files = {
  "models/m.yml": `sources:
  - name: shop
    tables:
      - name: orders
        columns: [{name: id, data_type: integer}, {name: amount, data_type: "decimal(10,2)"}, {name: status, data_type: varchar}, {name: placed, data_type: timestamp}]
models:
  - {name: stg_orders, sql: 'select id as order_id, amount, status, placed::date as day, [id, 1] as list, {"a": id} as pair, amount::double / 3 as third from {{source "shop" "orders"}}'}
  - {name: paid, sql: 'with mine as (select * from {{ref "stg_orders"}} where status = ''paid''), days as (select day, sum(amount) as amount, count(*) as n from mine group by day) select * from days'}
  - {name: same, sql: 'select stg_orders.* from {{ref "stg_orders"}}'}
  - {name: tagged, sql: 'select {{literal (var "as_of")}}::date as as_of, {{literal (env "PLACE" "nowhere")}} as place, {{literal run.started_at}} as started, {{cents 2}} as cents, {{> half}} as half'}
  - {name: counted, sql: 'select a.code as code, count(*) as n from {{ref "codes"}} as a, {{ref "inner_codes"}} as b where a.code = b.code group by a.code'}
  - {name: inner_codes, config: {materialized: ephemeral}, sql: 'select code from {{ref "codes"}}'}
  - {name: twins, sql: 'select o.order_id, s.id from {{ref "orders"}} as o join {{source "shop" "orders"}} as s on s.id = o.order_id'}
  - {name: orders, sql: select 1 as order_id}
`,
  "macros/m.yml": "macros: [{name: cents, arguments: [{name: n}]}, {name: half}]\n",
  "macros/m.mjs": "export const cents = (n) => n * 100;\n",
  "macros/half.hbs": "0.5",
  "seeds/codes.yml": "seeds: [{name: codes, columns: [{name: code, data_type: varchar}]}]\n",
  "seeds/codes.csv": "code,rank,label\n007,1,a\n008,2,b\n",
  "test/data/fixtures/two_orders.csv": 'order_id,amount,status\n1,2.50,paid\n2,,""\n',
  "test/data/fixtures/three.sql": "select 3 as order_id, 1 as amount, 'paid' as status",
  "retain.yml": 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nvars: {as_of: "2026-06-30"}\n',
};

async function runTests(tests: string, more: Files = {}): Promise<Ran> {
  const warehouse = await emptyWarehouse();
  const ran = await run(temporaryProject({ ...project, ...more, "models/unit.yml": `unit_tests:\n${tests}` }), warehouse, { command: "test" });
  // Nothing of a unit test is ever in the warehouse.
  expect(await warehouse.relations()).toEqual([]);
  return ran;
}

/** `status: message`, or `status: CODE message` of what went wrong. */
async function outcome(test: string, more?: Files): Promise<string> {
  const { result } = await runTests(`  - {name: t, ${test}}\n`, more);
  const [only] = result.results;
  const [diagnostic] = only?.diagnostics ?? [];
  return only?.status === "pass" ? "pass" : `${only?.status}: ${only?.status === "error" ? `${diagnostic?.code} ` : ""}${only?.message}`;
}

const stg = (rows: string) => `{input: ref('stg_orders'), ${rows}}`;
const same = (given: string, expected: string) => `model: same, given: [${stg(given)}], expect: {${expected}}`;

describe("rows are given and expected", () => {
  test.each([
    ["as mappings", "rows: [{order_id: 1, amount: 2.5}]", "rows: [{order_id: 1, amount: 2.50}]", "pass"],
    ["as CSV", 'format: csv, rows: "order_id,amount\\n1,2.5\\n"', 'format: csv, rows: "amount,order_id\\n2.500,1"', "pass"],
    ["as SQL", "format: sql, rows: 'select 1 as order_id, 2.5 as amount'", "format: sql, rows: 'select 2.5 as amount, 1 as order_id'", "pass"],
    ["as SQL of a template", 'format: sql, rows: "select {{literal (var \\"as_of\\")}} as day"', "rows: [{day: 2026-06-30}]", "pass"],
    ["in a CSV file", "fixture: two_orders", "rows: [{order_id: 1, amount: 2.5, status: paid}, {order_id: 2, amount: null, status: ''}]", "pass"],
    ["in a CSV file with its ending", "fixture: two_orders.csv, format: csv", "fixture: two_orders", "pass"],
    ["in a SQL file", "fixture: three, format: sql", "rows: [{order_id: 3, status: paid, amount: 1}]", "pass"],
    ["not at all", "rows: []", "rows: []", "pass"],
    ["none, but one comes", "rows: [{order_id: 1}]", "rows: []", "fail: 1 row is unexpected"],
    ["one, but none comes", "rows: []", "rows: [{order_id: 1}]", "fail: 1 row is missing"],
    ["without a column", "rows: [{}, {}]", "rows: [{order_id: null}, {order_id: null}]", "pass"],
    ["in another order", "rows: [{order_id: 1}, {order_id: 2}]", "rows: [{order_id: 2}, {order_id: 1}]", "pass"],
    ["as often as they stand", "rows: [{order_id: 1}, {order_id: 1}]", "rows: [{order_id: 1}]", "fail: 1 row is unexpected"],
    ["with columns that only some rows name", "rows: [{order_id: 1}, {order_id: 2, status: x}]", "rows: [{order_id: 1}, {order_id: 2, status: x}]", "pass"],
    ["only in columns that the first row names", "rows: [{order_id: 1}, {order_id: 2, status: x}]", "rows: [{order_id: 1}, {order_id: 2, status: y}]", "pass"],
    [
      "with NULL where a later row lacks one of them",
      "rows: [{order_id: 1, status: x}]",
      "rows: [{status: x, order_id: 1}, {order_id: 1}]",
      "fail: 1 row is missing",
    ],
    ["with names in any case", "rows: [{ORDER_ID: 1}]", "rows: [{Order_Id: 1}]", "pass"],
    ["with other values", "rows: [{order_id: 1, amount: 2}]", "rows: [{order_id: 1, amount: 3}]", "fail: 1 row differs"],
  ])("%s", async (_, given, expected, result) => {
    expect(await outcome(same(given, expected))).toBe(result);
  });
});

test("an expected column that only a later row names is told", async () => {
  const unit = `  - {name: t, ${same("rows: []", "rows: [{order_id: 1}, {order_id: 2, status: y}]")}}\n`;
  const { diagnostics } = await temporaryProject({ ...project, "models/unit.yml": `unit_tests:\n${unit}` }).open();
  expect(diagnostics.map(({ code, severity, message }) => [code, severity, message])).toEqual([
    ["RT0241", "warning", 'unit test "t": "status" is not compared, because the first expected row does not name it'],
  ]);
});

describe("values have the types of their columns", () => {
  test.each([
    [
      "columns that are not given are NULL",
      "rows: [{order_id: 1}]",
      "rows: [{order_id: 1, amount: null, status: null, day: null, list: null, pair: null}]",
      "pass",
    ],
    ["decimals", "rows: [{amount: 1.1}]", "rows: [{amount: '1.10'}]", "pass"],
    ["dates", "rows: [{day: 2026-01-31}]", "rows: [{day: '2026-01-31'}]", "pass"],
    ["text that looks like a number", "rows: [{status: 007}]", "rows: [{status: '007'}]", "pass"],
    ["text and the number that it looks like", "rows: [{status: '7'}]", "rows: [{status: 7}]", "pass"],
    ["lists", "rows: [{list: [1, null, 3]}]", "rows: [{list: '[1, NULL, 3]'}]", "pass"],
    ["structs", "rows: [{pair: {a: 5}}]", "rows: [{pair: {a: 5}}]", "pass"],
    ["structs that differ", "rows: [{pair: {a: 5}}]", "rows: [{pair: {a: 6}}]", "fail: 1 row differs"],
    ["NULL is not empty text", "rows: [{status: ''}]", "rows: [{status: null}]", "fail: 1 row differs"],
    ["a double that is not exact", "rows: [{third: 0.1}]", "rows: [{third: 0.10000000000000001}]", "pass"],
    ["a whole number that is none", "rows: [{order_id: 1.5}]", "rows: []", 'error: RT0463 unit test "same.t": 1.5 in column "order_id" is no INTEGER'],
    [
      "a decimal that would be rounded",
      "rows: [{amount: 1.00}]",
      "rows: [{amount: 1.005}]",
      'error: RT0463 unit test "same.t": 1.005 in column "amount" is no DECIMAL(10,2)',
    ],
    ["a word for a number", "rows: [{order_id: one}]", "rows: [{order_id: 1}]", 'error: RT0463 unit test "same.t": "one" in column "order_id" is no INTEGER'],
    [
      "a word for an expected number",
      "rows: [{order_id: 1}]",
      "rows: [{order_id: one}]",
      'error: RT0463 unit test "same.t": "one" in column "order_id" is no INTEGER',
    ],
    [
      "a column that the input does not have",
      "rows: [{oder_id: 1}]",
      "rows: []",
      'error: RT0461 unit test "same.t": ref(\'stg_orders\') has no column "oder_id"',
    ],
    [
      "a column that the model does not have",
      "rows: []",
      "rows: [{oder_id: 1}]",
      'error: RT0462 unit test "same.t": model "same" returns no column "oder_id" here',
    ],
    [
      "a column of SQL that the input does not have",
      "format: sql, rows: select 1 as x",
      "rows: []",
      'error: RT0461 unit test "same.t": ref(\'stg_orders\') has no column "x"',
    ],
    ["SQL that cannot run", "format: sql, rows: select nope", "rows: []", 'error: RT0402 unknown column "nope"'],
  ])("%s", async (_, given, expected, result) => {
    expect(await outcome(same(given, expected))).toBe(result);
  });

  test("every given value meets its type, also in rows that the model leaves out and columns that it does not read", async () => {
    const filtered = { "models/filtered.yml": `models: [{name: filtered, sql: 'select order_id from {{ref "stg_orders"}} where order_id = 1'}]\n` };
    const tests = `  - name: t
    model: filtered
    given:
      - input: ref('stg_orders')
        rows:
          - {order_id: 1, amount: 2}
          - {order_id: 2, amount: abc}
          - {order_id: none, amount: 1}
    expect: {rows: [{order_id: 1}]}
  - name: u
    model: filtered
    given: [{input: ref('stg_orders'), format: sql, rows: "select 1 as order_id union all select 'x'"}]
    expect: {rows: [{order_id: 1}]}
`;
    const { problems, resultOf } = await runTests(tests, filtered);
    expect(problems.toSorted()).toEqual(["RT0404 models/unit.yml:13:60", "RT0463 models/unit.yml:8:35", "RT0463 models/unit.yml:9:24"]);
    expect(resultOf("filtered.t").diagnostics.map(({ message }) => message)).toEqual([
      'unit test "filtered.t": "none" in column "order_id" is no INTEGER',
      'unit test "filtered.t": "abc" in column "amount" is no DECIMAL(10,2)',
    ]);
  });

  test("what is not right is shown at its place", async () => {
    const tests = `  - name: t
    model: same
    given: [{input: ref('stg_orders'), rows: [{order_id: 1, amount: x}]}]
    expect: {rows: [{order_id: 1}]}
  - name: u
    model: same
    given: [{input: ref('stg_orders'), rows: [{order_id: 1, statu: x}]}]
    expect: {rows: [{order_id: 1}]}
  - name: v
    model: same
    given: [{input: ref('stg_orders'), fixture: two_orders}]
    expect:
      rows:
        - {order_id: 1, amount: 2.5, status: paid}
        - {order_id: 2, amount: null, status: paid}
`;
    const { problems, resultOf } = await runTests(tests);
    expect(problems.toSorted()).toEqual(["RT0460 models/unit.yml:16:47", "RT0461 models/unit.yml:8:61", "RT0463 models/unit.yml:4:69"]);
    expect(resultOf("same.u").diagnostics[0]?.help).toBe('did you mean "status"?');
  });
});

describe("columns and types are known without a relation", () => {
  test("of a seed by its declared types and those that loading it would find, of ephemeral models like of others", async () => {
    const given = `[{input: ref('codes'), rows: [{code: 007, rank: 5}, {code: 7, rank: 6}]}, {input: ref('inner_codes'), rows: [{code: '007'}, {code: '007'}]}]`;
    expect(await outcome(`model: counted, given: ${given}, expect: {rows: [{code: '007', n: 2}]}`)).toBe("pass");
    const bad = `[{input: ref('codes'), rows: [{code: 1, rank: first}]}, {input: ref('inner_codes'), rows: []}]`;
    expect(await outcome(`model: counted, given: ${bad}, expect: {rows: [{code: '007', n: 2}]}`)).toBe(
      'error: RT0463 unit test "counted.t": "first" in column "rank" is no bigint',
    );
  });

  test("of a source by its files, where it declares no types", async () => {
    const files = {
      "models/files.yml": `sources: [{name: raw, tables: [{name: visits, location: data/visits.csv, columns: [{name: id, data_type: varchar}, {name: n}]}]}]
models: [{name: visits, sql: 'select id, seen, n from {{source "raw" "visits"}}'}, {name: last, sql: 'select max(seen) as seen, any_value(id) as id from {{ref "visits"}}'}]
`,
    };
    const given = `model: last, given: [{input: ref('visits'), rows: [{id: 01, seen: 2026-01-01}]}], expect: {rows: [{seen: 2026-01-01, id: '01'}]}`;
    expect(await outcome(given, { ...files, "data/visits.csv": "id,seen,n\n1,2026-01-01,5\n" })).toBe("pass");
    const without = await outcome(given, files);
    expect(without).toMatch(
      /^error: RT0464 unit test "last\.t": the columns of ref\('visits'\) are not known: source\('raw', 'visits'\): its files cannot be read here/,
    );
  });

  test("of a model that cannot be described, by its declared columns", async () => {
    const model = (columns: string) => ({
      "models/x.yml": `models: [{name: odd, sql: select * from other_database.t, columns: [${columns}]}, {name: y, sql: 'select a from {{ref "odd"}}'}]\n`,
    });
    const given = "model: y, given: [{input: ref('odd'), rows: [{a: 1}]}], expect: {rows: [{a: 1}]}";
    expect(await outcome(given, model("{name: a, data_type: bigint}"))).toBe("pass");
    expect(await outcome(given, model("{name: a}"))).toMatch(/^error: RT0464 .* ref\('odd'\) cannot be described: /);
  });

  test("of a model with a contract by the contract alone", async () => {
    const files = {
      "models/x.yml": `models: [{name: odd, config: {contract: {enforced: true}}, sql: select nonsense, columns: [{name: a, data_type: date}]}, {name: y, sql: 'select a from {{ref "odd"}}'}]\n`,
    };
    expect(await outcome("model: y, given: [{input: ref('odd'), rows: [{a: 2026-01-01}]}], expect: {rows: [{a: 2026-01-01}]}", files)).toBe("pass");
  });

  test("of two relations that are called alike", async () => {
    const given = `[{input: ref('orders'), rows: [{order_id: 1}]}, {input: "source('shop', 'orders')", rows: [{id: 1}, {id: 2}]}]`;
    expect(await outcome(`model: twins, given: ${given}, expect: {rows: [{order_id: 1, id: 1}]}`)).toBe("pass");
  });
});

describe("a test may set", () => {
  const tagged = (overrides: string, expected: string) => outcome(`model: tagged, overrides: {${overrides}}, expect: {rows: [{${expected}}]}`);
  test.each([
    ["nothing", "", "as_of: 2026-06-30, place: nowhere, cents: 200, half: 0.5"],
    ["variables", "vars: {as_of: 2020-02-29}", "as_of: 2020-02-29"],
    ["the environment", "env_vars: {PLACE: Seoul}", "place: Seoul"],
    ["when the run began", "run: {started_at: '2020-01-01T00:00:00Z'}", "started: '2020-01-01T00:00:00Z'"],
    ["what a function macro returns", "macros: {cents: 7}", "cents: 7, half: 0.5"],
    ["what a template macro writes", "macros: {half: 0.25}", "half: 0.25, cents: 200"],
  ])("%s", async (_, overrides, expected) => {
    expect(await tagged(overrides, expected)).toBe("pass");
  });
});

describe("common table expressions", () => {
  const rows = "rows: [{order_id: 1, status: paid, amount: 2, day: 2026-01-01}, {order_id: 2, status: open, amount: 3, day: 2026-01-01}]";
  test.each([
    ["are compared beside the result", "ctes: {mine: {rows: [{order_id: 1}]}}, rows: [{day: 2026-01-01, amount: 2, n: 1}]", "pass"],
    ["or instead of it", 'ctes: {DAYS: {format: csv, rows: "n\\n1"}}', "pass"],
    [
      "and a wrong one is named before the result",
      "rows: [{n: 2}], ctes: {mine: {rows: [{order_id: 2}]}}",
      'fail: cte "mine": 1 row differs; rows: 1 row differs',
    ],
    ["alone", "ctes: {mine: {rows: []}}", 'fail: cte "mine": 1 row is unexpected'],
  ])("%s", async (_, expected, result) => {
    expect(await outcome(`model: paid, given: [${stg(rows)}], expect: {${expected}}`)).toBe(result);
  });
});

describe("incremental models", () => {
  const models = (strategy: string) => ({
    "models/grows.yml": `models:
  - {name: latest, config: {materialized: incremental, unique_key: id, ${strategy}}, sql: 'select id, v from {{ref "events"}} {{#if (is_incremental)}}where v > (select coalesce(max(v), 0) from {{this}}){{/if}}'}
  - {name: events, sql: 'select 1 as id, 1 as v'}
`,
  });
  const events = "{input: ref('events'), rows: [{id: 1, v: 5}, {id: 2, v: 20}]}";
  const there = "{input: this, rows: [{id: 2, v: 10}, {id: 3, v: 3}]}";
  test.each([
    ["first runs have all rows", `given: [${events}], expect: {rows: [{id: 1}, {id: 2}]}`, "pass"],
    ["with `this`, only what would be brought in", `given: [${events}, ${there}], expect: {rows: [{id: 2, v: 20}]}`, "pass"],
    ["said so, as dbt wants it", `overrides: {macros: {is_incremental: true}}, given: [${events}, ${there}], expect: {rows: [{id: 2, v: 20}]}`, "pass"],
    [
      "a full refresh",
      `overrides: {macros: {is_incremental: false}}, given: [${events}, ${there}], expect: {rows: [{id: 1}, {id: 2}], table: {rows: [{id: 1}, {id: 2}]}}`,
      "pass",
    ],
    ["the whole table afterwards", `given: [${events}, ${there}], expect: {table: {rows: [{id: 2, v: 20}, {id: 3, v: 3}]}}`, "pass"],
    ["the table of a first run", `given: [${events}], expect: {table: {rows: [{id: 1, v: 5}, {id: 2, v: 20}]}}`, "pass"],
    ["a table that was empty", `given: [${events}, {input: this, rows: []}], expect: {table: {format: csv, rows: "id,v\\n1,5\\n2,20"}}`, "pass"],
    [
      "new rows and the table",
      `given: [${events}, ${there}], expect: {rows: [{id: 2, v: 20}], table: {rows: [{id: 2, v: 21}, {id: 3, v: 3}]}}`,
      "fail: table: 1 row differs",
    ],
  ])("%s", async (_, yaml, expected) => {
    for (const strategy of ["incremental_strategy: merge", "incremental_strategy: delete+insert"])
      expect(await outcome(`model: latest, ${yaml}`, models(strategy))).toBe(expected);
  });

  test("appending keeps what is there twice", async () => {
    const files = models("incremental_strategy: append");
    expect(
      await outcome(`model: latest, given: [${events}, ${there}], expect: {table: {rows: [{id: 2, v: 10}, {id: 2, v: 20}, {id: 3, v: 3}]}}`, {
        "models/grows.yml": files["models/grows.yml"].replace("unique_key: id, ", ""),
      }),
    ).toBe("pass");
  });

  test("rows that a merge cannot bring in are said as in a build", async () => {
    const twice = "{input: ref('events'), rows: [{id: 2, v: 20}, {id: 2, v: 21}]}";
    expect(await outcome(`model: latest, given: [${twice}, ${there}], expect: {table: {rows: []}}`, models("incremental_strategy: merge"))).toMatch(
      /^error: RT0423 /,
    );
  });
});

describe("the screen", () => {
  test("has expected and actual rows beside each other, and marks the cells that differ", async () => {
    const given = "rows: [{order_id: 1, amount: 2.5, status: 결제}, {order_id: 2, amount: 3, status: open}, {order_id: 3, amount: 4, status: x}]";
    const expected = "rows: [{order_id: 1, amount: 2.5, status: 결제}, {order_id: 2, amount: 3, status: 열림}, {order_id: 9, amount: 8, status: y}]";
    const { resultOf } = await runTests(`  - {name: t, ${same(given, expected)}}\n`);
    expect(resultOf("same.t")).toMatchObject({
      message: "1 row differs, 1 row is missing, 1 row is unexpected",
      failures: 3,
      kind: "test",
      materialized: "unit",
      owner: "same",
    });
    expect(resultOf("same.t").failingRows).toEqual({
      columns: ["row", "order_id", "amount", "status"],
      sample: [
        ["expected", 2, "3.00", "열림"],
        ["actual", 2, "3.00", "open"],
        ["missing", 9, "8.00", "y"],
        ["unexpected", 3, "4.00", "x"],
      ],
      marks: [[], [3], [], []],
      keptIn: undefined,
      storedAs: undefined,
    });
  });

  test("points at the model's own line when its query fails, and names the test", async () => {
    const files = { "models/x.yml": "models: [{name: x, sql: 'select order_id / nope from {{ref \"stg_orders\"}}'}]\n" };
    const { problems, resultOf } = await runTests(`  - {name: t, model: x, given: [${stg("rows: []")}], expect: {rows: []}}\n`, files);
    expect(problems).toEqual(["RT0402 models/x.yml:1:44"]);
    expect(resultOf("x.t").diagnostics[0]?.notes?.map(({ message }) => message)).toEqual(['in the unit test "x.t"']);
  });
});

describe("in a build", () => {
  const tests = (amount: number) => ({
    "models/unit.yml": `unit_tests:\n  - {name: good, model: b, given: [{input: ref('a'), rows: [{x: 1}]}], expect: {rows: [{x: 2}]}}\n  - {name: other, model: b, given: [{input: ref('a'), rows: []}], expect: {rows: [${amount === 0 ? "" : `{x: ${amount}}`}]}}\n`,
  });
  const models = {
    "models/m.yml": `models:\n  - {name: a, sql: select 1 as x}\n  - {name: b, sql: 'select x + 1 as x from {{ref "a"}}', columns: [{name: x, tests: [not_null]}]}\n  - {name: c, sql: 'select * from {{ref "b"}}'}\n  - {name: d, sql: 'select * from {{ref "a"}}'}\n`,
  };

  test("they come before the model, which is built when they pass", async () => {
    const warehouse = await emptyWarehouse();
    const { result, events } = await run(temporaryProject({ ...models, ...tests(0) }), warehouse, { threads: 1 });
    expect(result.results.map(({ title, status }) => `${title} ${status}`)).toEqual(
      ["b.good pass", "b.other pass", "a success", "not_null b.x pass", "b success", "c success", "d success"].toSorted((x, y) => order(x) - order(y)),
    );
    expect(events[0]).toMatchObject({ type: "run_started", total: 7, counts: { models: 4, tests: 3 } });
    function order(text: string): number {
      return result.results.findIndex(({ title }) => text.startsWith(`${title} `));
    }
    const at = (title: string) => result.results.findIndex((node) => node.title === title);
    expect(Math.max(at("b.good"), at("b.other"))).toBeLessThan(at("b"));
  });

  test("a failing one keeps the model and all below it as they were", async () => {
    const warehouse = await emptyWarehouse();
    const project = temporaryProject({ ...models, ...tests(5) });
    const { statuses, resultOf } = await run(project, warehouse);
    expect(statuses).toEqual({ a: "success", d: "success", "b.good": "pass", "b.other": "fail", "not_null b.x": "skipped", b: "skipped", c: "skipped" });
    expect(resultOf("b").message).toBe('"b.other" failed');
    expect(resultOf("c").message).toBe('"b.other" failed');
    expect(await warehouse.relations()).toEqual(["main.a view", "main.d view"]);
  });

  test("`run` leaves them out, and so does an exclusion", async () => {
    const { statuses } = await run(temporaryProject({ ...models, ...tests(5) }), await emptyWarehouse(), { command: "run" });
    expect(statuses).toEqual({ a: "success", b: "success", c: "success", d: "success" });
    const excluded = await run(temporaryProject({ ...models, ...tests(5) }), await emptyWarehouse(), { exclude: ["test_type:unit"] });
    expect(excluded.statuses["c"]).toBe("success");
  });

  test.each([
    ["test_type:unit", ["b.good", "b.other"]],
    ["unit_test:good", ["b.good"]],
    ["unit_test:shop.o*", ["b.other"]],
    ["b", ["b.good", "b.other", "not_null b.x"]],
    ["a+", ["b.good", "b.other", "not_null b.x"]],
    ["a", []],
    ["resource_type:unit_test", ["b.good", "b.other"]],
    ["test_type:data", ["not_null b.x"]],
  ])("--select %s takes %j", async (criterion, titles) => {
    const { plan } = await run(temporaryProject({ ...models, ...tests(0) }), await emptyWarehouse(), { command: "test", select: [criterion] });
    const found = plan.stages.map((stage) => (stage.kind === "unit_test" ? stage.title : stage.kind === "test" ? stage.test.title : ""));
    expect(found.toSorted()).toEqual(titles);
  });

  test("a disabled one, and those of a disabled model, take no part", async () => {
    const files = {
      "models/m.yml": "models: [{name: a, sql: select 1 as x}, {name: b, config: {enabled: false}, sql: select 1 as x}]\n",
      "models/unit.yml":
        "unit_tests: [{name: off, model: a, config: {enabled: false}, expect: {rows: []}}, {name: t, model: b, expect: {rows: []}}, {name: on, model: a, expect: {rows: [{x: 1}]}}]\n",
    };
    expect((await run(temporaryProject(files), await emptyWarehouse())).statuses).toEqual({ "a.on": "pass", a: "success" });
  });

  test("many of them on several threads share what is described", async () => {
    const chain = Array.from({ length: 30 }, (_, i) => `  - {name: m${i}, sql: 'select x + 1 as x, ${i} as n from {{ref "${i === 0 ? "a" : `m${i - 1}`}"}}'}`);
    const all = Array.from(
      { length: 60 },
      (_, i) =>
        `  - {name: t${i}, model: m${i % 30}, given: [{input: ref('${i % 30 === 0 ? "a" : `m${(i % 30) - 1}`}'), rows: [{x: ${i}}]}], expect: {rows: [{x: ${i + 1}, n: ${i % 30}}]}}`,
    );
    const files = { "models/m.yml": `models:\n  - {name: a, sql: select 1 as x}\n${chain.join("\n")}\nunit_tests:\n${all.join("\n")}\n` };
    const { result } = await run(temporaryProject(files), await emptyWarehouse(), { command: "test", threads: 4 });
    expect(result.results.filter(({ status }) => status !== "pass")).toEqual([]);
    expect(result.results).toHaveLength(60);
  });
});
