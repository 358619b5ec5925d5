/** Every rule of `retain lint`: what it finds, at which place, and what it leaves alone. `§` marks the place. */
import { describe, expect, test } from "vitest";
import { type LintCode, lintCodes } from "../../src/core/codes/lint.ts";
import { lintProject } from "../../src/lint/lint.ts";
import { lintRules } from "../../src/lint/rules/registry.ts";
import { openReady, type TemporaryProject, takeMark, temporaryProject } from "../fixtures/temporary-project.ts";

const base = {
  "seeds/orders.csv": "id,customer_id\n1,a\n",
  "seeds/s.yml": "seeds: [{name: orders, description: O., columns: [{name: id, tests: [unique]}]}]\n",
  "models/staging/people.sql": "select 1 as id",
  "models/staging/people.yml": "models: [{name: people, description: P., columns: [{name: id, tests: [unique]}]}]\n",
  "models/sources.yml": "sources: [{name: shop, description: S., tables: [{name: items, location: data/items.csv, columns: [{name: id}]}]}]\n",
};

async function findings(project: TemporaryProject) {
  const { config, graph, diagnostics, sources, place } = await openReady(project);
  const found = lintProject({ config, graph, warnings: diagnostics, sources: (file) => sources.get(file) });
  return found.map((d) => ({ ...d, at: place(d.span) }));
}

/** Codes and places of what one rule, or RT0213, finds in the files. */
async function found(files: Readonly<Record<string, string>>, codes: readonly string[]) {
  return (await findings(temporaryProject({ ...base, ...files }))).filter(({ code }) => codes.includes(code)).map(({ code, at }) => `${code} ${at}`);
}

/** A model, its SQL in a file, with everything that other rules ask for. */
const model = (sql: string, { folder = "models", config = "" } = {}) => ({
  [`${folder}/m.sql`]: sql,
  [`${folder}/m.yml`]: `models: [{name: m, description: M., ${config === "" ? "" : `config: ${config}, `}columns: [{name: id, description: I., tests: [unique]}]}]\n`,
});

const mart = (sql: string) => model(sql, { folder: "models/marts" });
const view = (sql: string) => model(sql, { config: "{materialized: view}" });

const orders = '{{ref "orders"}}';

/** SQL with a mark where the rule finds something, or without one where it must not. */
const queries: readonly (readonly [code: LintCode, make: (sql: string) => Record<string, string>, sql: readonly string[]])[] = [
  [
    "RT0701",
    model,
    [
      "select id from §raw_things",
      'select id from §main."raw things" as r',
      "select id\nfrom read_csv('x.csv')\njoin §legacy.things using (id)",
      `with o as (select * from ${orders}), p as materialized (select id from §elsewhere) select * from o join p using (id)`,
      `select id from ${orders} as o, §other`,
      `select id from (select id from §deep)`,
      // What is none: refs, common tables in any case, functions, files, strings, comments, words after from in functions.
      `with recursive o(id) as (select id from ${orders} union all select id from O) select * from o`,
      `select extract(year from current_date) as id, trim(both ' ' from 'x'), substring('abc' from 2) from ${orders}`,
      `select id from ${orders} where id is distinct from id -- from nowhere\n/* join nothing */`,
      `select id, 'from x' as t from ${orders}, unnest([1, 2]) as u(v), generate_series(1, 3)`,
      "select table_name as id from information_schema.tables",
      "select id from range(3) as r(id)",
      "from 'data/x.parquet' select id",
      '{{#if true}}select id from {{ref "orders"}}{{else}}select 1 as id{{/if}}',
      'select id from o: {{ref "orders"}}',
    ],
  ],
  [
    "RT0702",
    mart,
    [
      `select §* from ${orders}`,
      `select id, o.§* from ${orders} as o`,
      `select distinct §* exclude (id), id from ${orders}`,
      `with a as (select id from ${orders}), b as (select §* from ${orders}) select * from b`,
      `with a as (select §* from ${orders}), b as (select * from a), final as (from b select *) select * from final`,
      `select id from ${orders} union all select §* from ${orders}`,
      `§from ${orders}`,
      `with a as (§from ${orders}) select * from a`,
      `with a as (select id from ${orders}) select a.*, o.§* from a join ${orders} as o using (id)`,
      // Columns are listed somewhere in this text, or no star is a list of columns.
      `with a as (select id from ${orders}), final as (select a.id from a) select * from final`,
      `with a as (select * from ${orders}), final as (select id, count(*) as n, 2 * 3 as six from a group by id) select * from final`,
      `with a as (select id from ${orders}), b as (select id as z from ${orders}) select a.*, b.z from a join b on a.id = b.z`,
      `select id, (select max(x.id) from (select * from ${orders}) as x) as m from ${orders}`,
      `select * from (select id from ${orders})`,
      `with recursive a(id) as (select 1 union all select * from a) select id from a`,
    ],
  ],
  [
    "RT0708",
    model,
    [
      `select id from ${orders} -- was §{{ref "people"}}`,
      `/* join §{{source "shop" "items"}} */ select id from ${orders}`,
      `select id from ${orders} {{!-- was {{ref "people"}} --}}`,
      `select id, '-- {{ref "people"}}' as t from ${orders} -- {{var "x" 1}}`,
    ],
  ],
  [
    "RT0709",
    view,
    [
      `select id from ${orders} §order by id`,
      `with a as (select id from ${orders} order by id limit 3) select id from a §order  by id desc -- limit 3`,
      `select id from ${orders} order by id limit 10`,
      `select id, row_number() over (order by id) as n, list(id order by id) from ${orders} group by id`,
      `select id from (select id from ${orders} order by id)`,
    ],
  ],
  [
    "RT0710",
    model,
    [
      `select o.id from ${orders} as o§, ${orders} as p`,
      `with a as (select 1 as id), b as (select 2 as z) select id from a §, b where id = z`,
      `select o.id from ${orders} o join ${orders} p on o.id = p.id§, ${orders} q`,
      `select o.id from ${orders} as o, unnest([1, 2]) as u(v), (select 1 as z) as one, lateral (select o.id as y)`,
      `select coalesce(id, 1), id from ${orders} where id in (1, 2) group by id, customer_id order by id, customer_id`,
      `select id from ${orders} cross join ${orders} as p(x, y)`,
    ],
  ],
  [
    "RT0711",
    model,
    [
      `select id from ${orders} where id §not in (select id from ${orders})`,
      `select id from ${orders} where id §NOT IN (with a as (select 1 as x) select x from a)`,
      `select id from ${orders} where id §not in (from ${orders} select id)`,
      `select id from ${orders} where id not in (select id from ${orders} where id is not null)`,
      `select id from ${orders} where id not in (1, 2) and id in (select id from ${orders}) and not exists (select 1 from ${orders})`,
    ],
  ],
];

for (const [code, make, list] of queries) {
  describe(`${code}: ${lintCodes[code].title}`, () => {
    test.each(list)("%s", async (sql) => {
      const files = make(sql);
      if (!sql.includes("§")) expect(await found(files, [code])).toEqual([]);
      else {
        const marked = takeMark(files);
        expect(await found(marked.files, [code])).toEqual([`${code} ${marked.place}`]);
      }
    });
  });
}

test("marts alone are asked for their columns; tables may be sorted", async () => {
  expect(await found(model(`select * from ${orders}`), ["RT0702"])).toEqual([]);
  expect(await found(model(`select id from ${orders} order by id`, { config: "{materialized: table}" }), ["RT0709"])).toEqual([]);
});

test("a model named without ref is told once, by the warning that every command has", async () => {
  expect(await found(model("select id from people"), ["RT0213", "RT0701"])).toEqual(["RT0213 models/m.sql:1:16"]);
  // Singular tests are warned of by lint alone.
  expect(await found({ "test/data/t.sql": "select id from people where id > 1" }, ["RT0213", "RT0701"])).toEqual(["RT0701 test/data/t.sql:1:16"]);
});

const declared: readonly (readonly [code: LintCode, what: string, files: Readonly<Record<string, string>>])[] = [
  [
    "RT0703",
    "a model without a test of its key",
    { "models/m.yml": `models: [{name: §m, sql: select 1 as id, description: M., columns: [{name: id, tests: [not_null]}]}]\n` },
  ],
  [
    "RT0703",
    "unique of a column",
    { "models/m.yml": `models: [{name: m, sql: select 1 as id, columns: [{name: id, tests: [{unique: {severity: warn}}]}]}]\n` },
  ],
  [
    "RT0703",
    "unique of several",
    { "models/m.yml": `models: [{name: m, sql: "select 1 as id, 2 as b", tests: [{unique_combination: {columns: [id, b]}}]}]\n` },
  ],
  [
    "RT0703",
    "a key of a contract",
    {
      "models/m.yml": `models: [{name: m, sql: select 1 as id, config: {materialized: table, contract: {enforced: true}}, columns: [{name: id, data_type: integer, constraints: [{type: primary_key}]}]}]\n`,
    },
  ],
  ["RT0703", "a model of one row", { "models/m.yml": `models: [{name: m, sql: select 1 as id, tests: [{row_count_between: {min: 1, max: 1}}]}]\n` }],
  ["RT0703", "an ephemeral model", { "models/m.yml": `models: [{name: m, sql: select 1 as id, config: {materialized: ephemeral}}]\n` }],
  [
    "RT0704",
    "a macro that only itself and a comment name",
    { "macros/a.hbs": "1", "macros/m.yml": "macros:\n  - {name: §a, description: A.}\n", ...model(`select 1 as id -- a`) },
  ],
  [
    "RT0704",
    "a macro that a macro calls",
    { "macros/a.hbs": "1", "macros/b.hbs": "{{> a}}", "macros/m.yml": "macros: [{name: a}, {name: b}]\n", ...model("select {{> b}} as id") },
  ],
  [
    "RT0704",
    "a function called by its bare name",
    { "macros/f.mjs": "export const a = () => 1;\n", "macros/m.yml": "macros: [{name: a}]\n", ...model("select {{a}} as id") },
  ],
  [
    "RT0704",
    "a test of the project's own",
    {
      "macros/odd.hbs": "select * from {{model}} where {{column_name}} % 2 = 0",
      "macros/m.yml": "macros: [{name: odd, kind: test, arguments: [{name: model}, {name: column_name}]}]\n",
      "models/m.yml": "models: [{name: m, sql: select 1 as id, columns: [{name: id, tests: [odd]}]}]\n",
    },
  ],
  [
    "RT0705",
    "a variable that nothing reads",
    { "retain.yml": 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nvars: {used: 1, §idle: 2}\n', ...model('select {{var "used"}} as id') },
  ],
  [
    "RT0705",
    "a variable that only a test's argument reads",
    {
      "retain.yml": 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nvars: {least: 1}\n',
      "models/m.yml": `models: [{name: m, sql: select 1 as id, tests: [{expression_is_true: {expression: 'id >= {{var "least"}}'}}]}]\n`,
    },
  ],
  [
    "RT0705",
    "a variable that only a hook of the project reads",
    {
      "retain.yml": `name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nvars: {who: me}\non_run_end: ['select {{literal (var "who")}}']\n`,
      ...model("select 1 as id"),
    },
  ],
  [
    "RT0705",
    "any variable, where a name is computed",
    {
      "retain.yml": 'name: shop\ntargets: {dev: {type: duckdb, path: ":memory:"}}\nvars: {a_1: 1, idle: 2}\n',
      ...model('select {{var (concat "a_" 1)}} as id'),
    },
  ],
  ["RT0706", "a column of a mart", { "models/marts/m.yml": "models: [{name: m, sql: select 1 as id, columns: [{name: §id}]}]\n" }],
  ["RT0706", "a column of another model", { "models/m.yml": "models: [{name: m, sql: select 1 as id, columns: [{name: id}]}]\n" }],
  ["RT0707", "a model", { "models/m.yml": "models: [{name: §m, sql: select 1 as id}]\n" }],
  ["RT0707", "a macro", { "macros/a.hbs": "1", "macros/m.yml": "macros: [{name: §a}]\n" }],
  ["RT0707", "a table of a described source", {}],
  ["RT0712", "a column of a seed", { "seeds/p.csv": "id,email\n1,x\n", "seeds/p.yml": "seeds: [{name: p, columns: [{name: §email}]}]\n" }],
  [
    "RT0712",
    "a column of a source",
    { "models/p.yml": "sources: [{name: crm, tables: [{name: p, columns: [{name: home_phone_number, pii: phone}, {name: §First_Name}]}]}]\n" },
  ],
  [
    "RT0712",
    "what somebody has decided about",
    {
      "models/p.yml":
        "sources: [{name: crm, tables: [{name: p, columns: [{name: email, pii: true}, {name: ip_address, pii: false}, {name: product_name}]}]}]\n",
    },
  ],
];

describe("declarations", () => {
  test.each(declared)("%s: %s", async (code, _, files) => {
    const isFound = Object.values(files).some((text) => text.includes("§"));
    const marked = isFound ? takeMark(files) : { files, place: "" };
    expect(await found(marked.files, [code])).toEqual(isFound ? [`${code} ${marked.place}`] : []);
  });

  test("every rule has a case that it finds and one that it leaves alone", () => {
    const cases = [
      ...queries.flatMap(([code, , list]) => list.map((sql) => [code, sql.includes("§")] as const)),
      ...declared.map(([code, , files]) => [code, JSON.stringify(files).includes("§")] as const),
    ];
    for (const { code } of lintRules) expect(new Set(cases.filter(([of]) => of === code).map(([, isFound]) => isFound))).toEqual(new Set([true, false]));
    expect(lintRules.map(({ code }) => code).concat(["RT0720", "RT0721"])).toEqual(Object.keys(lintCodes));
  });
});
