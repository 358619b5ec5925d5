/** Models in JavaScript: what they may read and return, how values become columns, and where their mistakes are shown. */
import { describe, expect, test } from "vitest";
import { temporaryProject } from "../fixtures/temporary-project.ts";
import { emptyWarehouse, run } from "../fixtures/warehouse.ts";

type Texts = Record<string, string>;

const source = '{name: src, sql: "select i as id, i * 1.5 as amount from range(5000) t(i)"}';
const model = (body: string, columns = "{name: id, data_type: bigint}", more = ""): Texts => ({
  "models/m.yml": `models:\n  - ${source}\n  - {name: js, refs: [src], columns: [${columns}]${more}}\n`,
  "models/js.mjs": body,
});

async function build(files: Texts) {
  const warehouse = await emptyWarehouse();
  const ran = await run(temporaryProject(files), warehouse);
  return { ...ran, warehouse, said: ran.resultOf("js").diagnostics.map((d) => `${d.code} ${ran.project.place(d.span)} ${d.message}`) };
}

describe("what may be returned", () => {
  test.each([
    ["rows", "export default () => [{ id: 1 }, { id: 2 }];"],
    ["a promise of rows", "export default async () => [{ id: 1 }, { id: 2 }];"],
    ["batches", "export default () => [[{ id: 1 }], [], [{ id: 2 }]];"],
    ["a generator of rows", "export default function* () { yield { id: 1 }; yield { id: 2 }; }"],
    ["a generator of batches", "export default function* () { yield [{ id: 1 }]; yield [{ id: 2 }]; }"],
    ["an async generator of batches", "export default async function* () { yield [{ id: 1 }, { id: 2 }]; }"],
    ["a set of rows", "export default () => new Set([{ id: 1 }, { id: 2 }]);"],
    ["columns in any case", "export default () => [{ ID: 1 }, { Id: 2 }];"],
  ])("%s", async (_, body) => {
    const { warehouse } = await build(model(body));
    expect(await warehouse.rows("select id from js order by id")).toEqual([[1], [2]]);
    expect(await warehouse.relations()).toEqual(["main.js table", "main.src view"]);
  });

  test("no rows at all make an empty table with its columns", async () => {
    const { warehouse, statuses } = await build(model("export default () => [];", "{name: id, data_type: integer}, {name: at, data_type: timestamp}"));
    expect(statuses["js"]).toBe("success");
    expect(await warehouse.rows("select column_name, data_type from information_schema.columns where table_name = 'js' order by ordinal_position")).toEqual([
      ["id", "INTEGER"],
      ["at", "TIMESTAMP"],
    ]);
  });

  test("many rows pass through in batches, all of them and once", async () => {
    const body = `export default async function* ({ ref }) {
  for (let i = 0; i < 20; i++) for await (const batch of ref("src").batches()) yield batch.map(({ id }) => ({ id: id + i * 5000 }));
}`;
    const { warehouse } = await build(model(body));
    expect(await warehouse.rows("select count(*), count(distinct id), min(id), max(id) from js")).toEqual([[100_000, 100_000, 0, 99_999]]);
  });
});

describe("reading", () => {
  test("rows have values as JavaScript works with them", async () => {
    const types = `1::tinyint as tiny, 5::bigint as big, 9007199254740993::bigint as huge, sum(2) over () as total, 1.25::decimal(9,2) as money,
    0.5::float as real, true as yes, 'x' as text, date '2026-02-03' as day, time '10:11:12' as clock, timestamp '2026-02-03 04:05:06.789' as at,
    [1, 2] as list, {'a': 1, 'b': date '2026-01-01'} as struct, null as nothing`;
    const { warehouse } = await build({
      "models/m.yml": `models:\n  - name: src\n    sql: |\n      select ${types.replaceAll("\n", " ")}\n  - {name: js, refs: [src], columns: [{name: seen, data_type: json}]}\n`,
      "models/js.mjs": `import { inspect } from "node:util";
export default async ({ ref }) => {
  const [row] = await ref("src").rows();
  return [{ seen: Object.fromEntries(Object.entries(row).map(([key, value]) => [key, inspect(value, { compact: true, breakLength: Infinity })])) }];
};`,
    });
    expect(JSON.parse(String((await warehouse.rows("select seen from js"))[0]?.[0]))).toEqual({
      tiny: "1",
      big: "5",
      huge: "9007199254740993n",
      total: "2",
      money: "1.25",
      real: "0.5",
      yes: "true",
      text: "'x'",
      day: "'2026-02-03'",
      clock: "'10:11:12'",
      at: "2026-02-03T04:05:06.789Z",
      list: "[ 1, 2 ]",
      struct: "{ a: 1, b: '2026-01-01' }",
      nothing: "null",
    });
  });

  test("two relations may be read at once, also an ephemeral one and files", async () => {
    const { warehouse } = await build({
      "models/m.yml": `models:
  - ${source}
  - {name: few, config: {materialized: ephemeral}, sql: 'select id from {{ref "src"}} where id < 3'}
  - {name: js, refs: [src, few, "source('files', 'names')"], columns: [{name: id, data_type: integer}, {name: name, data_type: varchar}]}
sources: [{name: files, tables: [{name: names, location: names.csv}]}]
`,
      "names.csv": "id,name\n0,a\n1,b\n2,c\n",
      "models/js.mjs": `export default async function* ({ ref, source }) {
  const names = new Map((await source("files", "names").rows()).map(({ id, name }) => [id, name]));
  for await (const outer of ref("few").batches()) {
    for await (const inner of ref("src").batches()) {
      yield inner.filter(({ id }) => outer.some((row) => row.id === id)).map(({ id }) => ({ id, name: names.get(id) }));
    }
  }
}`,
    });
    expect(await warehouse.rows("select id, name from js order by id")).toEqual([
      [0, "a"],
      [1, "b"],
      [2, "c"],
    ]);
  });

  test("the function is handed what templates know, a logger, and the analytics", async () => {
    const { warehouse, events } = await build({
      ...model(
        `export default ({ vars, as_of, target, run, log, analytics }) => {
  log("hello", { a: 1 });
  console.log("to the console");
  return [{ seen: { vars, as_of, target, run, gamma: analytics.logGamma(5) } }];
};`,
        "{name: seen, data_type: json}",
      ),
      "retain.yml": 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nvars: {as_of: "2026-06-30", most: 3}\n',
    });
    expect(JSON.parse(String((await warehouse.rows("select seen from js"))[0]?.[0]))).toEqual({
      vars: { as_of: "2026-06-30", most: 3 },
      as_of: "2026-06-30",
      target: { name: "dev", type: "duckdb", schema: "main", threads: 4 },
      run: { started_at: "2026-07-01T00:00:00.000Z", invocation_id: "11111111-2222-4333-8444-555555555555" },
      gamma: expect.closeTo(Math.log(24), 10),
    });
    const said = events.flatMap((event) => (event.type === "diagnostic" ? [event.diagnostic.message] : []));
    expect(said).toEqual(['"js" says: hello { a: 1 }', '"js" says: to the console']);
  });
});

const fits: readonly (readonly [type: string, value: string, stored: unknown])[] = [
  ["boolean", "true", true],
  ["tinyint", "-128", -128],
  ["usmallint", "65535", 65535],
  ["integer", "2147483647n", 2147483647],
  ["bigint", "9223372036854775807n", "9223372036854775807"],
  ["hugeint", "2n ** 100n", "1267650600228229401496703205376"],
  ["float", "0.5", 0.5],
  ["double", "1n", 1],
  ["double", "1e300", 1e300],
  ["decimal(10,2)", "12.345", "12.35"],
  ["decimal(10,2)", "'-12.30'", "-12.30"],
  ["decimal(10,2)", "7n", "7.00"],
  ["decimal(38,0)", "10n ** 37n", "10000000000000000000000000000000000000"],
  ["varchar", "'한국 🙂'", "한국 🙂"],
  ["json", "{ a: [1, 2n, 'x'] }", '{"a":[1,2,"x"]}'],
  ["json", "'[1]'", "[1]"],
  ["date", "'2026-02-28'", "2026-02-28"],
  ["date", "new Date('1969-12-31T23:00:00Z')", "1969-12-31"],
  ["timestamp", "'2026-02-28 10:11:12.123456'", "2026-02-28 10:11:12.123456"],
  ["timestamp", "'2026-02-28T10:00:00+09:00'", "2026-02-28 01:00:00"],
  ["timestamptz", "new Date(Date.UTC(2026, 0, 2, 3, 4, 5))", "2026-01-02 03:04:05+00"],
  ["time", "'23:59:59.5'", "23:59:59.5"],
  ["uuid", "'6f3b1c9e-0d5c-4a3e-9b53-0f6f1c9e0d5c'", "6f3b1c9e-0d5c-4a3e-9b53-0f6f1c9e0d5c"],
  ["interval", "{ months: 1, days: 2, micros: 3000000n }", { months: 1, days: 2, micros: "3000000" }],
  ["blob", "new Uint8Array([65, 66])", "AB"],
  ["enum('a', 'b')", "'b'", "b"],
  ["integer[]", "[1, null, 3]", [1, null, 3]],
  ["double[]", "new Float64Array([1, 2])", [1, 2]],
  ["integer[2]", "[1, 2]", [1, 2]],
  ["struct(a integer, b date)", "{ a: 1, b: '2026-01-01' }", { a: 1, b: "2026-01-01" }],
  ["map(varchar, integer)", "{ x: 1 }", [{ key: "x", value: 1 }]],
  ["map(integer, varchar)", "new Map([[1, 'x']])", [{ key: 1, value: "x" }]],
  ["integer", "null", null],
  ["varchar", "undefined", null],
];

test("a value of each type arrives as what it is", async () => {
  const columns = fits.map(([type], i) => `{name: c${i}, data_type: "${type}"}`).join(", ");
  const row = fits.map(([, value], i) => `c${i}: ${value}`).join(", ");
  const { warehouse, said } = await build(model(`export default () => [{ ${row} }];`, columns));
  expect(said).toEqual([]);
  const [stored] = await warehouse.rows("select * from js");
  expect(stored).toEqual(fits.map(([, , value]) => value));
});

test("what does not fit is refused by its kind, with its row and column, and is never repeated", async () => {
  const misfits: readonly (readonly [type: string, value: string, kind: string])[] = [
    ["boolean", "1", "a whole number"],
    ["integer", "'12'", "a text"],
    ["integer", "1.5", "a number with a fraction"],
    ["integer", "NaN", "NaN"],
    ["integer", "2 ** 31", "a number out of its range"],
    ["utinyint", "-1", "a number out of its range"],
    ["bigint", "true", "true or false"],
    ["double", "'1.5'", "a text"],
    ["decimal(4,2)", "100", "a number out of its range"],
    ["decimal(4,2)", "'1.234'", "a text with more decimals than it keeps"],
    ["decimal(4,2)", "'1,2'", "a text that is no decimal number"],
    ["decimal(4,2)", "Infinity", "an infinite number"],
    ["varchar", "5", "a whole number"],
    ["varchar", "['a']", "a list"],
    ["varchar", "{ a: 1 }", "a mapping"],
    ["varchar", "() => 1", "a function"],
    ["varchar[]", "['a', () => 1]", "a value with a function in it"],
    ["json", "'{a'", "a text that is no JSON"],
    ["date", "'2026-02-30'", "a text that is no date"],
    ["date", "'30.06.2026'", "a text that is no date"],
    ["date", "20260630", "a whole number"],
    ["timestamp", "new Date(NaN)", "an invalid date"],
    ["time", "'25:00'", "a text that is no time"],
    ["enum('a', 'b')", "'c'", "a text that is none of its values"],
    ["integer[]", "[1, 'x']", "a text"],
    ["integer[2]", "[1]", "a list of 1"],
    ["struct(a integer)", "{ b: 1 }", 'a mapping with the unknown key "b"'],
    ["uuid", "'not one'", "a text"],
  ];
  const files: Texts = {};
  const names = misfits.map((_, i) => `m${i}`);
  const yaml = misfits.map(([type], i) => `  - {name: m${i}, columns: [{name: ok, data_type: integer}, {name: bad, data_type: "${type}"}]}`);
  misfits.forEach(([, value], i) => {
    files[`models/m${i}.mjs`] =
      `export default function* () {\n  yield Array.from({ length: 3000 }, (_, ok) => ({ ok, bad: null }));\n  yield [{ ok: 1, bad: ${value} }];\n}\n`;
  });
  const warehouse = await emptyWarehouse();
  const { resultOf, project } = await run(temporaryProject({ "models/m.yml": `models:\n${yaml.join("\n")}\n`, ...files }), warehouse);
  const problems = names.map((name) =>
    resultOf(name).diagnostics.map((d) => `${d.code} ${project.place(d.span).replace(/:\d+$/, "")} ${d.message.replace(/ does not fit .*$/, "")}`),
  );
  expect(problems).toEqual(misfits.map(([, , kind], i) => [`RT0444 models/m.yml:${i + 2} "m${i}", row 3001, column "bad": ${kind}`]));
  expect(await warehouse.relations()).toEqual([]);
});

describe("mistakes are shown where they are", () => {
  const cases: [name: string, body: string, said: string | RegExp, help?: string, note?: string][] = [
    ["throws", "export default () => {\n  return [].first.id;\n};", /^RT0441 models\/js\.mjs:2:19 "js" failed: TypeError: Cannot read properties of undefined/],
    ["throws text", "export default () => {\n  throw 'no luck';\n};", 'RT0441 models/js.mjs:1:1 "js" failed: no luck'],
    ["throws in what it imports", "import { fit } from './lib.mjs';\nexport default () => fit();", 'RT0441 models/lib.mjs:2:9 "js" failed: RangeError: unfit'],
    [
      "throws half way",
      "export default function* () {\n  yield { id: 1 };\n  throw new Error('late');\n}",
      'RT0441 models/js.mjs:3:9 "js" failed: Error: late',
    ],
    [
      "forgets to await",
      "export default async () => {\n  Promise.reject(new Error('forgotten'));\n  await new Promise((done) => setTimeout(done, 1000));\n  return [];\n};",
      'RT0441 models/js.mjs:2:18 "js" failed: Error: forgotten',
    ],
    ["never returns", "export default () => new Promise(() => {});", 'RT0441 models/js.mjs:1:1 "js" failed: it waits for something that never happens'],
    [
      "ends the process",
      "export default () => process.exit(0);",
      'RT0441 models/js.mjs:1:1 "js" failed: it ended its own thread; a model returns, or throws an error',
    ],
    ["throws while it is loaded", "throw new Error('early');\nexport default () => [];", 'RT0441 models/js.mjs:1:7 "js" failed: Error: early'],
    [
      "has a syntax error",
      "export default () => {\n  const x = ;\n};",
      `RT0442 models/js.mjs:2:13 the module of "js" cannot be loaded: SyntaxError: Unexpected token ';'`,
    ],
    [
      "imports one with a syntax error",
      "import { x } from './bad.mjs';\nexport default () => [];",
      `RT0442 models/bad.mjs:2:7 the module of "js" cannot be loaded: SyntaxError: Unexpected token '='`,
    ],
    [
      "imports what is not there",
      "import { x } from './gone.mjs';\nexport default () => [];",
      'RT0442 models/js.mjs:1:22 the module of "js" cannot be loaded: cannot find "gone.mjs"',
    ],
    [
      "imports a package that is not there",
      "import x from 'no-such-package';\nexport default () => [];",
      'RT0442 models/js.mjs:1:16 the module of "js" cannot be loaded: cannot find "no-such-package"',
    ],
    [
      "imports a name that is not there",
      "import { gone } from './lib.mjs';\nexport default () => [];",
      /^RT0442 models\/js\.mjs:1:10 the module of "js" cannot be loaded: .* does not provide an export named 'gone'$/,
    ],
    ["has no default export", "export const model = () => [];", 'RT0442 models/js.mjs:1:1 the module of "js" cannot be loaded: it has no default export'],
    ["exports no function", "export default [];", 'RT0442 models/js.mjs:1:1 the module of "js" cannot be loaded: its default export is no function'],
    ["returns nothing", "export default () => {};", 'RT0443 models/js.mjs:1:1 "js" returned nothing; it must return rows, an array of objects'],
    [
      "returns a number",
      "export default () => 5;",
      'RT0443 models/js.mjs:1:1 "js" returned a number; it must return an array of rows, or a generator of batches',
    ],
    [
      "returns one row",
      "export default () => ({ id: 1 });",
      'RT0443 models/js.mjs:1:1 "js" returned an object that is no list; it must return an array of rows, or a generator of batches',
    ],
    [
      "returns rows that are none",
      "export default () => [{ id: 1 }, 2];",
      'RT0443 models/js.mjs:1:1 "js" returned a number as row 2; a row is an object with a value for each column',
    ],
    [
      "returns a column that is not declared",
      "export default () => [{ id: 1 }, { idd: 2 }];",
      'RT0443 models/js.mjs:1:1 "js" returned row 2 with a column "idd", which is not declared',
      'did you mean "id"?',
      "row 2 has idd; declared are id",
    ],
    [
      "returns a row that lacks a column",
      "export default () => [{ id: 1 }, { id: undefined }, {}];",
      'RT0443 models/js.mjs:1:1 "js" returned row 3 without the column "id"',
      "return it in every row, as null where there is no value: { ..., id: null }",
      "row 3 has no columns; declared are id",
    ],
    [
      "returns a row with a column twice",
      "export default () => [{ id: 1, ID: 2 }];",
      'RT0443 models/js.mjs:1:1 "js" returned row 1 with the column "id" twice, in different case',
    ],
    [
      "reads what it does not declare",
      "export default async ({ ref }) => {\n  return await ref('scr').rows();\n};",
      'RT0445 models/js.mjs:2:16 "js" reads "scr", which is not among its refs',
      "its refs are src; add it under `refs:` of the model",
    ],
  ];

  test.each(cases)("%s", async (_, body, said, help, note) => {
    const lib = { "models/lib.mjs": "export function fit() {\n  throw new RangeError('unfit');\n}\n", "models/bad.mjs": "export const a = 1;\nconst = 2;\n" };
    const result = await build({ ...model(body), ...lib });
    expect(result.said).toEqual([typeof said === "string" ? said : expect.stringMatching(said)]);
    const [diagnostic] = result.resultOf("js").diagnostics;
    if (help !== undefined) expect(diagnostic?.help).toBe(help);
    if (note !== undefined) expect(diagnostic?.notes?.[0]?.message).toBe(note);
    expect(await result.warehouse.relations()).toEqual(["main.src view"]);
  });

  test("an error of the database is shown where the rows were asked for, and may be caught", async () => {
    const files = (body: string) => ({
      ...model(body),
      "models/m.yml": `models:\n  - {name: src, sql: "select error('bad row') as id"}\n  - {name: js, refs: [src], columns: [{name: id, data_type: bigint}]}\n`,
    });
    const failed = await build(files("export default async ({ ref }) => {\n  const rows = await ref('src').rows();\n  return rows;\n};"));
    expect(failed.said).toEqual(["RT0405 models/js.mjs:2:16 bad row"]);
    const caught = await build(
      files(
        "export default async ({ ref }) => {\n  try {\n    return await ref('src').rows();\n  } catch (error) {\n    return [{ id: error.message.length }];\n  }\n};",
      ),
    );
    expect(await caught.warehouse.rows("select id from js")).toEqual([[7]]);
  });

  test("what an error says is withheld where personal data is involved", async () => {
    const { said } = await build(
      model(
        "export default () => {\n  throw new Error('hong@example.com is bad');\n};",
        "{name: id, data_type: bigint}, {name: email, data_type: varchar, pii: email}",
      ),
    );
    expect(said).toEqual(['RT0441 models/js.mjs:2:9 "js" failed: Error: its words are not shown, because personal data is involved']);
  });
});

describe("write, audit, publish", () => {
  const yesterday = "create table js as select 42::bigint as id";

  test.each([
    [
      "a test fails",
      model("export default () => [{ id: 1 }, { id: 1 }];", "{name: id, data_type: bigint, tests: [unique]}"),
      "not published: 1 test of 1 did not pass",
    ],
    [
      "a constraint is broken",
      model(
        "export default () => [{ id: 1 }, { id: -1 }, { id: null }];",
        "{name: id, data_type: bigint, constraints: [{type: check, expression: id > 0}, {type: not_null}]}",
        ", config: {contract: {enforced: true}}",
      ),
      '"js" breaks its constraint check (id > 0): 1 failing row',
    ],
    [
      "it throws after many rows",
      model("export default function* () {\n  yield Array.from({ length: 300000 }, (_, id) => ({ id }));\n  throw new Error('late');\n}"),
      '"js" failed: Error: late',
    ],
  ])("yesterday's rows stay when %s", async (_, files, message) => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute(yesterday);
    const { resultOf } = await run(temporaryProject(files), warehouse);
    expect(resultOf("js").message).toBe(message);
    expect(await warehouse.rows("select * from js")).toEqual([[42]]);
  });

  test("an endless loop is ended by an interruption", async () => {
    const warehouse = await emptyWarehouse();
    await warehouse.execute(yesterday);
    const abort = new AbortController();
    const { resultOf, result } = await run(temporaryProject(model("export default ({ log }) => {\n  log('started');\n  for (;;);\n};")), warehouse, {
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === "diagnostic") abort.abort();
      },
    });
    expect(result.interrupted).toBe(true);
    expect(resultOf("js").diagnostics.map((d) => d.code)).toEqual(["RT0411"]);
    expect(await warehouse.rows("select * from js")).toEqual([[42]]);
  });
});

test("an edited module is loaded afresh, with what it imports", async () => {
  const warehouse = await emptyWarehouse();
  const project = temporaryProject({
    ...model("import { n } from './lib.mjs';\nexport default () => [{ id: n }];"),
    "models/lib.mjs": "export const n = 1;\n",
  });
  await run(project, warehouse);
  project.write({ "models/lib.mjs": "export const n = 2;\n" });
  await run(project, warehouse);
  expect(await warehouse.rows("select id from js")).toEqual([[2]]);
});

describe("declarations", () => {
  test.each([
    ["models:\n  - {name: §js}", "export default () => [];", 'RT0226 model "js": a model in JavaScript needs its columns'],
    ["models:\n  - {name: js, columns: [{name: §id}]}", "export default () => [];", 'RT0226 model "js": its column "id" needs a type'],
    [
      "models:\n  - {name: js, config: {materialized: §table}, columns: [{name: id, data_type: int}]}",
      "export default () => [];",
      'RT0226 model "js": a model in JavaScript cannot be materialized as table',
    ],
    ["models:\n  - {name: js, refs: [§nope], columns: [{name: id, data_type: int}]}", "export default () => [];", 'RT0203 unknown model "nope"'],
    [
      "models:\n  - {name: js, refs: [§a b], columns: [{name: id, data_type: int}]}",
      "export default () => [];",
      "RT0226 model \"js\": an item of `refs` is a model's name, ref('package', 'model') or source('name', 'table')",
    ],
    [
      "models:\n  - {name: sql_model, §refs: [js], sql: select 1}\n  - {name: js, columns: [{name: id, data_type: int}]}",
      "export default () => [];",
      'RT0226 model "sql_model": `refs` is for models in JavaScript',
    ],
    [
      "models:\n  - {name: sql_model, config: {materialized: §javascript}, sql: select 1}\n  - {name: js, columns: [{name: id, data_type: int}]}",
      "export default () => [];",
      'RT0226 model "sql_model": it is materialized as javascript, but written in SQL',
    ],
    [
      "models:\n  - {name: js, §sql: select 1, columns: [{name: id, data_type: int}]}",
      "export default () => [];",
      'RT0206 SQL of model "js" is declared twice',
    ],
  ])("%s", async (yaml, body, said) => {
    const before = yaml.slice(0, yaml.indexOf("§")).split("\n");
    const opened = await temporaryProject({ "models/m.yml": yaml.replace("§", ""), "models/js.mjs": body }).open();
    const [code, ...rest] = said.split(" ");
    expect(opened.said).toContain(`${code} error models/m.yml:${before.length}:${(before.at(-1)?.length ?? 0) + 1} ${rest.join(" ")}`);
  });

  test("a model in SQL and in JavaScript is declared twice; a module without a default export is no model", async () => {
    const both = await temporaryProject({ ...model("export default () => [];"), "models/js.sql": "select 1 as id" }).open();
    expect(both.said.map((line) => line.slice(0, 12))).toEqual(["RT0206 error"]);
    const forgotten = await temporaryProject({
      ...model("export default () => [];"),
      "models/more.mjs": "export default () => [];\n",
      "models/lib.mjs": "export const n = 1;\n",
    }).open();
    expect(forgotten.said).toEqual(['RT0202 error models/more.mjs:1:1 model "more" has JavaScript but no YAML']);
  });

  test("a folder's materialization does not matter to it, and others build on it", async () => {
    const { statuses, warehouse } = await build({
      ...model("export default () => [{ id: 7 }];"),
      "models/below.yml": "models: [{name: below, sql: 'select id + 1 as id from {{ref \"js\"}}'}]\n",
      "retain.yml": 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nmodels: {materialized: table}\n',
    });
    expect(statuses).toEqual({ src: "success", js: "success", below: "success" });
    expect(await warehouse.rows("select * from below")).toEqual([[8]]);
  });
});
