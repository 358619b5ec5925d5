/** Packages from node_modules: whose names, variables, settings and macros are meant where, and what is said when they do not fit. */
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createManifest } from "../../src/artifacts/manifest.ts";
import { selectNodes } from "../../src/graph/select/select.ts";
import { projectIn, repository, retain, retainOk, temporaryFolder } from "../cli/program-process.ts";
import { type Files, openReady, type ReadyProject, takeMark, temporaryProject } from "../fixtures/temporary-project.ts";

const inside = "node_modules/@acme/retain-shop";
const settings = (more = "") => `name: mine\ntargets: {dev: {type: duckdb, path: ":memory:"}}\npackages: ["@acme/retain-shop"]\n${more}`;

/** A package with something of every kind. */
const shop: Files = {
  [`${inside}/package.json`]: '{"name": "@acme/retain-shop", "version": "1.0.0"}',
  [`${inside}/retain.yml`]: 'name: shop\nvars: {floor: 1, unit: KRW}\nmodels: {marts: {materialized: table, tags: [mart]}}\non_run_start: "select nothing"\n',
  [`${inside}/seeds/raw_orders.csv`]: "id,amount\n1,10\n",
  [`${inside}/macros/macros.yml`]:
    "macros:\n  - {name: cents, arguments: [{name: column, type: string}]}\n  - {name: inner}\n  - {name: shout, arguments: [{name: word, type: string}]}\n  - {name: is_odd, kind: test, arguments: [{name: model}, {name: column_name}]}\n",
  [`${inside}/macros/cents.hbs`]: "{{> inner}}{{column}} / 100",
  [`${inside}/macros/inner.hbs`]: "1.0 * ",
  [`${inside}/macros/is_odd.hbs`]: "select * from {{model}} where {{column_name}} % 2 = 1",
  [`${inside}/macros/words.mjs`]: "export const shout = (word) => word.toUpperCase();\n",
  [`${inside}/models/shop.yml`]: [
    "sources: [{name: erp, tables: [{name: orders}]}]",
    "models:",
    "  - name: stg_orders",
    "    sql: \"select id, {{> cents column='amount'}} as amount, {{literal (shout 'paid')}} as status from {{ref 'raw_orders'}} where amount > {{var 'floor'}}\"",
    "    columns: [{name: id, tests: [unique, is_odd]}]",
    "exports: [{name: never, model: stg_orders, primary_key: id, destination: nowhere, audience: {name: x}, identifiers: {EMAIL: id}}]",
    "unit_tests: [{name: keeps, model: stg_orders, given: [{input: \"ref('raw_orders')\", rows: [{id: 1, amount: 200}]}], expect: {rows: [{id: 1}]}}]",
    "",
  ].join("\n"),
  [`${inside}/models/marts/totals.yml`]: "models: [{name: totals}, {name: from_erp, sql: \"select * from {{source 'erp' 'orders'}}\"}]\n",
  [`${inside}/models/marts/totals.sql`]: "select sum(amount) as total, {{literal (var 'unit')}} as unit from {{ref \"stg_orders\"}}",
  [`${inside}/test/data/totals_exist.sql`]: 'select 1 from {{ref "totals"}} where total is null',
};

const open = (files: Files, more = "") => openReady(temporaryProject({ ...shop, "retain.yml": settings(more), ...files }));

function sqlOf({ compiled }: ReadyProject, id: string): string {
  const found = compiled.nodes.get(id);
  if (!found || found.kind === "seed") throw new Error(`there is no "${id}"`);
  return found.sql.text;
}

describe("what a package brings", () => {
  test("its seeds, models, sources, tests and macros, and neither exports nor operations", async () => {
    const { graph } = await open({});
    expect([...graph.nodes.keys()].map((id) => id.replace(/\.[0-9a-f]{10}$/, "")).toSorted()).toEqual([
      "model.shop.from_erp",
      "model.shop.stg_orders",
      "model.shop.totals",
      "seed.shop.raw_orders",
      "source.shop.erp.orders",
      "test.shop.is_odd_stg_orders_id",
      "test.shop.totals_exist",
      "test.shop.unique_stg_orders_id",
      "unit_test.shop.stg_orders.keeps",
    ]);
    expect([...graph.macros.keys()]).toEqual(["shop.cents", "shop.inner", "shop.shout", "shop.is_odd"]);
    expect(graph.operations).toEqual([]);
  });

  test("is read with its own macros and variables, and its relations are those of the project's target", async () => {
    const project = await open({});
    expect(sqlOf(project, "model.shop.stg_orders")).toBe(
      'select id, 1.0 * amount / 100 as amount, \'PAID\' as status from "main"."raw_orders" where amount > 1',
    );
    expect(sqlOf(project, "model.shop.totals")).toBe('select sum(amount) as total, \'KRW\' as unit from "main"."stg_orders"');
  });

  test("can be named by the project: refs with and without the package, macros with it", async () => {
    const project = await open({
      "models/m.yml":
        "models:\n  - {name: a, sql: \"select {{> shop.cents column='x'}} as c, {{literal (shop.shout 'hi')}} as w from {{ref 'shop' 'totals'}}\"}\n  - {name: b, sql: \"select * from {{ref 'totals'}} cross join {{source 'erp' 'orders'}}\"}\n",
    });
    expect(sqlOf(project, "model.mine.a")).toBe('select 1.0 * x / 100 as c, \'HI\' as w from "main"."totals"');
    expect(project.graph.dag.parents.get("model.mine.b")).toEqual(["model.shop.totals", "source.shop.erp.orders"]);
  });

  test("selection and manifest know it by its name", async () => {
    const { graph, config, compiled, selectors } = await open({ "models/m.yml": "models: [{name: a, sql: \"select * from {{ref 'totals'}}\"}]\n" });
    const select = (criterion: string) => [
      ...selectNodes(graph, { select: [criterion], exclude: [], indirect: "empty" }, { selectors, earlier: undefined }).value,
    ];
    expect(select("package:shop,resource_type:model").toSorted()).toEqual(["model.shop.from_erp", "model.shop.stg_orders", "model.shop.totals"]);
    expect(select("package:this")).toEqual(["model.mine.a"]);
    expect(select("shop.marts.totals")).toEqual(["model.shop.totals"]);
    const invocation = { invocationId: "i", startedAt: "2026-07-01T00:00:00Z", generatedAt: "2026-07-01T00:00:00Z" };
    const manifest = createManifest({ config, graph, compiled, selectors, invocation, catalogName: "memory", version: "0" }) as unknown as {
      nodes: Record<string, { package_name: string; original_file_path: string; depends_on: { macros: string[] } }>;
    };
    expect(manifest.nodes["model.shop.stg_orders"]).toMatchObject({
      package_name: "shop",
      original_file_path: `${inside}/models/shop.yml`,
      depends_on: { macros: ["macro.shop.cents", "macro.shop.shout"] },
    });
  });
});

describe("the project over the package", () => {
  test.each<[string, string, string]>([
    ["its own defaults", "", "> 1"],
    ["vars of the package in the project", "vars: {shop: {floor: 5}}\n", "> 5"],
    ["vars of the project are not the package's", "vars: {floor: 7}\n", "> 1"],
  ])("variables: %s", async (_, more, expected) => {
    expect(sqlOf(await open({}, more), "model.shop.stg_orders")).toContain(expected);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["for everybody", { floor: 8 }, "> 8"],
    ["for the package", { shop: { floor: 9 }, floor: 8 }, "> 9"],
  ])("--vars %s go over all others", async (_, vars, expected) => {
    const project = temporaryProject({ ...shop, "retain.yml": settings("vars: {shop: {floor: 5}}\n") });
    expect(sqlOf(await openReady(project, { vars }), "model.shop.stg_orders")).toContain(expected);
  });

  test("--vars that name the package and are no mapping are refused", async () => {
    const { said } = await temporaryProject({ ...shop, "retain.yml": settings() }).open({ vars: { shop: 5 } });
    expect(said).toEqual([
      expect.stringMatching(/^RT0005 error \S+ the variable "shop" is given as .*, but it is a package and takes a mapping of its variables$/),
    ]);
  });

  test.each<[string, string, Record<string, string>]>([
    ["the package's own", "", { "model.shop.totals": "table", "model.shop.stg_orders": "view" }],
    ["all of the package", "models: {shop: {materialized: view}}\n", { "model.shop.totals": "view", "model.shop.stg_orders": "view" }],
    ["a folder of it", "models: {shop: {marts: {materialized: ephemeral}}}\n", { "model.shop.totals": "ephemeral", "model.shop.stg_orders": "view" }],
    ["not the project's general ones", "models: {materialized: table}\n", { "model.shop.stg_orders": "view" }],
  ])("settings: %s", async (_, more, expected) => {
    const { graph } = await open({}, more);
    const found = Object.fromEntries(Object.keys(expected).map((id) => [id, (graph.nodes.get(id) as { materialized?: string }).materialized]));
    expect(found).toEqual(expected);
  });

  test("settings of the project go over what a node says itself; tags add up", async () => {
    const { graph } = await open(
      { [`${inside}/models/marts/totals.yml`]: "models: [{name: totals, config: {schema: own, tags: [inner]}}]\n" },
      "models: {shop: {+schema: reports, tags: [outer]}}\n",
    );
    expect(graph.nodes.get("model.shop.totals")).toMatchObject({ schema: "reports", tags: ["mart", "inner", "outer"] });
  });

  test("enabled: false takes it out with its tests", async () => {
    const { graph } = await open({ [`${inside}/test/data/totals_exist.sql`]: "select 1 where false" }, "models: {shop: {enabled: false}}\n");
    expect([...graph.nodes.keys()].filter((id) => !id.startsWith("test.shop.totals"))).toEqual(["seed.shop.raw_orders", "source.shop.erp.orders"]);
  });

  test("without: the package reads the project's node of that name", async () => {
    const project = await openReady(
      temporaryProject({
        ...shop,
        "retain.yml": settings().replace('["@acme/retain-shop"]', '[{name: "@acme/retain-shop", without: [raw_orders]}]'),
        "models/m.yml": 'models: [{name: raw_orders, sql: "select 1 as id, 2 as amount", config: {schema: own}}]\n',
      }),
    );
    expect(project.graph.dag.parents.get("model.shop.stg_orders")).toEqual(["model.mine.raw_orders"]);
    expect(sqlOf(project, "model.shop.stg_orders")).toContain('from "own"."raw_orders"');
  });

  test("two of one name: each reads its own, and the other one by its package", async () => {
    const project = await open({
      "models/m.yml":
        "models:\n  - {name: totals, config: {schema: own}, sql: \"select 1 as x\"}\n  - {name: a, sql: \"select * from {{ref 'totals'}}\"}\n  - {name: b, sql: \"select * from {{ref 'shop' 'totals'}}\"}\n",
      [`${inside}/models/more.yml`]: "models: [{name: c, sql: \"select * from {{ref 'totals'}}\"}]\n",
    });
    expect(sqlOf(project, "model.mine.a")).toContain('"own"."totals"');
    expect(sqlOf(project, "model.mine.b")).toContain('"main"."totals"');
    expect(sqlOf(project, "model.shop.c")).toContain('"main"."totals"');
  });
});

describe("what does not fit is told at its place", () => {
  const named = (text: string) => `name: mine\ntargets: {dev: {type: duckdb, path: ":memory:"}}\n${text}`;

  test.each<[string, Record<string, string>, string]>([
    [
      "no retain.yml",
      { "retain.yml": named("packages: [§plain]\n"), "node_modules/plain/package.json": "{}" },
      'RT0116 error HERE the package "plain" holds no retain.yml',
    ],
    [
      "a name taken twice",
      { "retain.yml": named("packages: [§twin]\n"), "node_modules/twin/retain.yml": "name: mine\n" },
      'RT0117 error HERE the package "twin" calls its project "mine", as this project does',
    ],
    [
      "an unknown variable",
      { "retain.yml": settings("vars: {shop: {§flor: 5}}\n") },
      'RT0118 warning HERE nothing in the package "shop" reads a variable "flor"',
    ],
    [
      "a package's variables that are none",
      { "retain.yml": settings("vars: {shop: §5}\n") },
      "RT0104 error HERE retain.yml: vars.shop: it is the name of a package, so it is a mapping of that package's variables",
    ],
    [
      "an unknown folder",
      { "retain.yml": settings("models: {shop: {§mart: {tags: [x]}}}\n") },
      'RT0108 error HERE "shop/mart" is neither a setting nor a folder of models',
    ],
    [
      "a setting that the project makes over the package",
      {
        "retain.yml": settings("models: {shop: {marts: {materialized: §tabel}}}\n"),
        [`${inside}/models/marts/totals.yml`]: "models: [{name: totals, config: {materialized: table}}]\n",
      },
      'RT0104 error HERE model "totals": "tabel" is not a materialization (known: view, table, incremental, external, ephemeral, javascript)',
    ],
    [
      "nothing to leave out",
      { "retain.yml": named('packages: [{name: "@acme/retain-shop", without: [§total]}]\n') },
      'RT0119 error HERE the package "shop" has no model, seed or snapshot "total" to leave out',
    ],
    [
      "a mistake in the package's settings",
      { "retain.yml": settings(), [`${inside}/retain.yml`]: "name: shop\n§modles: {}\n" },
      'RT0103 error HERE unknown key "modles" in retain.yml',
    ],
    [
      "a mistake in the package's model",
      { "retain.yml": settings(), [`${inside}/models/marts/totals.sql`]: 'select * from §{{ref "stg_order"}}' },
      'RT0203 error HERE unknown model "stg_order"',
    ],
    [
      "a model that the other package does not have",
      { "retain.yml": settings(), "models/m.sql": 'select * from §{{ref "shop" "total"}}', "models/m.yml": "models: [{name: m}]" },
      'RT0203 error HERE unknown model "shop.total"',
    ],
    [
      "one relation for two",
      {
        "retain.yml": settings(),
        "models/m.yml": 'models: [{name: totals, sql: "select 1 as x"}]\n',
        [`${inside}/models/marts/totals.yml`]: "models: [{name: §totals}]\n",
      },
      "RT0215 error HERE two nodes would both write main.totals",
    ],
  ])("%s", async (_, given, expected) => {
    const { files, place } = takeMark(given);
    const { said, diagnostics } = await temporaryProject({ ...shop, ...files }).open();
    expect(said).toContain(expected.replace("HERE", place));
    expect(diagnostics.filter(({ severity }) => severity === "error").length).toBeLessThanOrEqual(1);
  });

  test("of one relation for two both places are shown, and what to write", async () => {
    const { diagnostics, place } = await temporaryProject({
      ...shop,
      "retain.yml": settings(),
      "models/m.yml": 'models: [{name: totals, sql: "select 1 as x"}]\n',
    }).open();
    expect(diagnostics.map(({ span, notes, help }) => [place(span), place(notes?.[0]?.span), help])).toEqual([
      [
        `${inside}/models/marts/totals.yml:1:17`,
        "models/m.yml:1:17",
        "leave out that of the package, with `without: [totals]` under `packages`, or give one of them another `schema`",
      ],
    ]);
  });
});

describe("packages of packages, and packages above", () => {
  test("a package of a package is found beside it or further up, and read once", async () => {
    const project = temporaryProject({
      ...shop,
      "retain.yml": settings().replace("]", ", deep]"),
      [`${inside}/retain.yml`]: "name: shop\nvars: {floor: 1, unit: KRW}\npackages: [deep]\n",
      [`${inside}/models/deep.yml`]: "models: [{name: over_deep, sql: \"select * from {{ref 'deep' 'd'}}\"}]\n",
      "node_modules/deep/retain.yml": 'name: deep\npackages: ["@acme/retain-shop"]\n',
      "node_modules/deep/models/d.yml": 'models: [{name: d, sql: "select 1 as x"}]\n',
    });
    const { graph } = await openReady(project);
    expect(graph.dag.parents.get("model.shop.over_deep")).toEqual(["model.deep.d"]);
  });

  test("node_modules above the project's folder", async () => {
    const above = Object.fromEntries(Object.entries(shop));
    const project = temporaryProject({
      ...above,
      "apps/one/retain.yml": settings(),
      "apps/one/models/m.yml": "models: [{name: m, sql: \"select * from {{ref 'totals'}}\"}]\n",
    });
    const { graph } = await openReady(project, { projectDir: join(project.directory, "apps/one") });
    expect(graph.nodes.get("model.shop.totals")?.originalFilePath).toBe(`../../${inside}/models/marts/totals.sql`);
  });
});

test("the parse cache sees every edit of a package: of SQL, settings, a macro, a seed; and of what the project says of it", async () => {
  const project = temporaryProject({ ...shop, "retain.yml": settings() });
  const cached = { cache: { program: "test" } };
  const sql = async (id: string) => sqlOf(await openReady(project, cached), id);
  await sql("model.shop.totals");
  expect(await sql("model.shop.totals")).toBe('select sum(amount) as total, \'KRW\' as unit from "main"."stg_orders"');
  project.write({ [`${inside}/models/marts/totals.sql`]: "select max(amount) as total from {{ref 'stg_orders'}}" });
  expect(await sql("model.shop.totals")).toContain("max(amount)");
  project.write({ [`${inside}/retain.yml`]: "name: shop\nvars: {floor: 3, unit: KRW}\n" });
  expect(await sql("model.shop.stg_orders")).toContain("> 3");
  project.write({ [`${inside}/macros/inner.hbs`]: "2.0 * " });
  expect(await sql("model.shop.stg_orders")).toContain("2.0 * amount");
  project.write({ [`${inside}/macros/words.mjs`]: "export const shout = (word) => `${word}!`;\n" });
  expect(await sql("model.shop.stg_orders")).toContain("'paid!'");
  project.write({ [`${inside}/seeds/raw_orders.csv`]: "id,amount,more\n1,10,x\n" });
  expect((await openReady(project, cached)).graph.nodes.get("seed.shop.raw_orders")).toMatchObject({
    header: ["id", "amount", "more"],
  });
  project.write({ "retain.yml": settings("vars: {shop: {floor: 4}}\n") });
  expect(await sql("model.shop.stg_orders")).toContain("> 4");
});

test("the shipped project is a package: a project of three lines builds a part of it, with a variable of its own", async () => {
  const folder = projectIn(temporaryFolder());
  const installed = folder.path("node_modules", "retain");
  mkdirSync(installed, { recursive: true });
  for (const part of ["package.json", "retain.yml"]) cpSync(join(repository, part), join(installed, part));
  for (const part of ["models", "seeds", "macros", "exports", "test"]) symlinkSync(join(repository, part), join(installed, part), "junction");
  folder.write({
    "retain.yml":
      "name: tiny\ntargets: {dev: {type: duckdb, path: warehouse.duckdb}}\npackages: [retain]\nvars: {retention_warehouse: {paid_statuses: [delivered]}}\n",
    "models/m.yml": "models: [{name: carts, sql: \"select count(*)::integer as n from {{ref 'stg_orders'}}\", config: {materialized: table}}]\n",
  });
  const built = await retainOk(folder.directory, ["build", "-s", "+carts", "--exclude", "resource_type:unit_test", "test_type:data"]);
  expect(built.stderr + built.stdout).toMatch(/Build succeeded/);
  expect(Number((await folder.rows("select n from carts"))[0]?.["n"])).toBeGreaterThan(1000);
  const own = await retain(repository, ["compile", "-s", "int_orders_net", "--project-dir", repository]);
  const over = await retainOk(folder.directory, ["compile", "-s", "int_orders_net"]);
  expect(own.stdout).toContain("'partially_refunded'");
  expect(over.stdout).not.toContain("'partially_refunded'");
});
