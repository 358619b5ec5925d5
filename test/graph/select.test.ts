/** Selection as dbt's users know it: a table of criteria and what each chooses from one project. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Graph } from "../../src/graph/graph.ts";
import type { IndirectSelection } from "../../src/graph/select/criterion.ts";
import { selectNodes } from "../../src/graph/select/select.ts";
import { openReady, temporaryProject } from "../fixtures/temporary-project.ts";

const files = {
  "retain.yml": `name: shop
targets: {dev: {type: duckdb, path: ":memory:"}}
destinations: {files: {type: file, directory: out}}
models: {staging: {materialized: view, tags: [staging]}, marts: {materialized: table, tags: [mart], meta: {team: {name: crm}}}}
seeds: {tags: raw}
`,
  "seeds/raw/raw_orders.csv": "id,customer_id\n1,1\n",
  "seeds/raw/raw_customers.csv": "id\n1\n",
  "models/sources.yml":
    "sources: [{name: web, tags: [clicks], tables: [{name: visits, location: data/v.csv, columns: [{name: id, tests: [unique]}]}, {name: pages, location: data/p.csv}]}]\n",
  "models/staging/stg.yml": `models:
  - {name: stg_orders, columns: [{name: id, tests: [unique, {not_null: {severity: warn, tags: [strict]}}]}]}
  - {name: stg_customers, columns: [{name: id, tests: [unique]}]}
  - {name: stg_visits, sql: 'select * from {{source "web" "visits"}}'}
`,
  "models/staging/stg_orders.sql": 'select * from {{ref "raw_orders"}}',
  "models/staging/stg_customers.sql": 'select * from {{ref "raw_customers"}}',
  "models/marts/marts.yml": `models:
  - name: orders
    config: {tags: [nightly], contract: {enforced: false}}
    columns: [{name: customer_id, tests: [{relationships: {to: ref('customers'), field: id, name: orders_customers}}]}]
  - {name: customers, config: {tags: nightly, meta: {owner: kim, flags: [a, b], tested: true}}}
`,
  "models/marts/orders.sql": 'select * from {{ref "stg_orders"}}',
  "models/marts/customers.sql": 'select * from {{ref "stg_customers"}}',
  "models/marts/daily/revenue.sql": 'select * from {{ref "orders"}}',
  "models/marts/daily/revenue.yml":
    "models: [{name: revenue, config: {materialized: view, schema: daily, contract: {enforced: true}}, columns: [{name: id, data_type: int}, {name: customer_id, data_type: int}]}]\nexposures: [{name: board, type: dashboard, owner: {name: a}, depends_on: [\"ref('revenue')\"]}]\n",
  "models/marts/audience.yml": 'models: [{name: audience, sql: \'select c.id from {{ref "customers"}} c join {{ref "stg_visits"}} v using (id)\'}]\n',
  "exports/e.yml":
    "exports: [{name: audience_file, model: audience, primary_key: id, destination: files, audience: {name: A}, identifiers: {EXTERN_ID: id}}]\n",
  "test/data/orders_are_paid.sql": 'select * from {{ref "orders"}} where false',
  "macros/m.yml": "macros: [{name: nothing, kind: test}]\n",
  "macros/nothing.hbs": "select * from {{model}} where false",
};

const stagingTests = "unique_stg_orders_id not_null_stg_orders_id unique_stg_customers_id";
const orderTests = "unique_stg_orders_id not_null_stg_orders_id";

let graph: Graph;
beforeAll(async () => {
  graph = (await openReady(temporaryProject(files))).graph;
});

interface Chosen {
  readonly names: readonly string[];
  readonly said: readonly string[];
}

function choose(select: string | readonly string[], exclude: string | readonly string[] = [], indirect: IndirectSelection = "empty"): Chosen {
  const list = (texts: string | readonly string[]) => (typeof texts === "string" ? [texts] : texts);
  const { value, diagnostics } = selectNodes(graph, { select: list(select), exclude: list(exclude), indirect });
  return { names: [...value].map((id) => graph.nodes.get(id)?.name ?? id).toSorted(), said: diagnostics.map((d) => `${d.code} ${d.severity}`) };
}

/** Checks what is chosen; `expected` is a list of names with blanks between them. */
function expectChoice(chosen: Chosen, expected: string): void {
  expect(chosen).toEqual({ names: expected.split(" ").filter(Boolean).toSorted(), said: [] });
}

describe("a name", () => {
  test.each([
    ["orders", "orders"],
    ["raw_orders", "raw_orders"],
    ["orders_are_paid", "orders_are_paid"],
    ["orders_customers", "orders_customers"],
    ["shop.marts.orders", "orders"],
    ["marts.orders", "orders"],
    ["marts.daily.revenue", "revenue"],
    ["marts.daily", "revenue"],
    ["shop.marts", "orders customers revenue audience orders_customers"],
    ["marts", "orders customers revenue audience orders_customers"],
    ["staging", `stg_orders stg_customers stg_visits ${stagingTests}`],
    ["raw.raw_orders", "raw_orders"],
    ["shop.raw.raw_orders", "raw_orders"],
    ["marts.*", "orders customers revenue audience orders_customers"],
    ["shop.*.revenue", "revenue"],
    ["marts.*r*s", "orders customers orders_customers"],
    ["marts.daily.*", "revenue"],
    ["shop.marts.daily.rev?nue", "revenue"],
    ["staging.stg_[co]*", "stg_orders stg_customers"],
    ["staging.stg_[!v]*", "stg_orders stg_customers"],
    ["staging.stg_*", "stg_orders stg_customers stg_visits"],
    // More than dbt does, which would find these only at the top level: a pattern may match the name alone.
    ["stg_*", "stg_orders stg_customers stg_visits"],
    ["*_customers", "raw_customers stg_customers orders_customers"],
  ])("%s", (select, expected) => {
    expectChoice(choose(select), expected);
  });

  test("is matched as a whole, with its case, and is no source or exposure", () => {
    for (const select of ["order", "Orders", "daily", "marts.revenue", "visits", "board", "shop.marts.orders.x"]) {
      expect(choose(select)).toEqual({ names: [], said: ["RT0002 warning"] });
    }
  });
});

describe("relatives", () => {
  test.each([
    ["+orders", "orders stg_orders raw_orders"],
    ["1+orders", "orders stg_orders"],
    ["2+orders", "orders stg_orders raw_orders"],
    ["9+orders", "orders stg_orders raw_orders"],
    ["0+orders", "orders"],
    ["orders+", "orders revenue board orders_customers orders_are_paid"],
    ["orders+1", "orders revenue orders_customers orders_are_paid"],
    ["stg_orders+1", `stg_orders orders ${orderTests}`],
    ["1+orders+1", "stg_orders orders revenue orders_customers orders_are_paid"],
    ["+orders+", "raw_orders stg_orders orders revenue board orders_customers orders_are_paid"],
    ["+audience", "audience customers stg_customers raw_customers stg_visits visits"],
    ["source:web.visits+", "visits stg_visits audience audience_file unique_source_web_visits_id"],
    ["+exposure:board", "board revenue orders stg_orders raw_orders"],
    ["1+exposure:*", "board revenue audience_file audience"],
    ["+tag:nightly", "orders customers stg_orders stg_customers raw_orders raw_customers"],
    ["@stg_visits", "stg_visits visits audience audience_file customers stg_customers raw_customers"],
    ["@audience", "audience audience_file customers stg_customers raw_customers stg_visits visits"],
    ["@revenue", "revenue board orders stg_orders raw_orders"],
    // A test is a child too, and brings its other parent.
    ["@orders", "orders revenue board orders_customers orders_are_paid stg_orders raw_orders customers stg_customers raw_customers"],
  ])("%s", (select, expected) => {
    expectChoice(choose(select), expected);
  });
});

describe("methods", () => {
  test.each([
    ["fqn:marts.orders", "orders"],
    [
      "fqn:*",
      `raw_orders raw_customers stg_orders stg_customers stg_visits orders customers revenue audience orders_customers orders_are_paid unique_source_web_visits_id ${stagingTests}`,
    ],
    ["tag:staging", "stg_orders stg_customers stg_visits"],
    ["tag:nightly", "orders customers"],
    ["tag:mart", "orders customers revenue audience"],
    ["tag:raw", "raw_orders raw_customers"],
    ["tag:clicks", "visits pages"],
    ["tag:strict", "not_null_stg_orders_id"],
    ["tag:*g*", "stg_orders stg_customers stg_visits orders customers"],
    ["tag:n?ghtly", "orders customers"],
    ["path:models/marts/daily", "revenue board"],
    ["path:models/marts/daily/", "revenue board"],
    ["path:./models/marts/daily", "revenue board"],
    ["path:models/marts/daily/revenue.sql", "revenue"],
    ["path:models/marts/daily/revenue.yml", "revenue board"],
    ["path:models/*/daily", "revenue board"],
    ["path:models/staging/*.sql", "stg_orders stg_customers"],
    ["path:models/**/stg_*.sql", "stg_orders stg_customers"],
    ["path:seeds", "raw_orders raw_customers"],
    ["seeds/raw/raw_orders.csv", "raw_orders"],
    ["models/marts/audience.yml", "audience"],
    ["exports/", "audience_file"],
    ["path:test/data", "orders_are_paid"],
    ["file:orders.sql", "orders"],
    ["file:orders", "orders"],
    ["orders.sql", "orders"],
    ["file:raw_*.csv", "raw_orders raw_customers"],
    ["file:revenue.*", "revenue board"],
    ["source:web", "visits pages"],
    ["source:web.pages", "pages"],
    ["source:shop.web.visits", "visits"],
    ["source:*", "visits pages"],
    ["source:w*.v*", "visits"],
    ["exposure:board", "board"],
    ["exposure:shop.board", "board"],
    ["exposure:*", "board audience_file"],
    ["resource_type:model", "stg_orders stg_customers stg_visits orders customers revenue audience"],
    ["resource_type:seed", "raw_orders raw_customers"],
    ["resource_type:source", "visits pages"],
    ["resource_type:test", `orders_customers orders_are_paid unique_source_web_visits_id ${stagingTests}`],
    ["resource_type:exposure", "board audience_file"],
    ["config.materialized:table", "orders customers audience"],
    ["config.materialized:view", "stg_orders stg_customers stg_visits revenue"],
    ["config.materialized:seed", "raw_orders raw_customers"],
    ["config.schema:daily", "revenue"],
    ["config.tags:nightly", "orders customers"],
    ["config.meta.owner:kim", "customers"],
    ["config.meta.team.name:crm", "orders customers revenue audience"],
    ["config.meta.flags:b", "customers"],
    ["config.meta.tested:true", "customers"],
    ["config.meta.tested:TRUE", "customers"],
    ["config.contract.enforced:true", "revenue"],
    ["config.contract.enforced:False", "orders"],
    ["config.severity:warn", "not_null_stg_orders_id"],
    ["config.severity:WARN", "not_null_stg_orders_id"],
    ["test_type:generic", `orders_customers unique_source_web_visits_id ${stagingTests}`],
    ["test_type:singular", "orders_are_paid"],
    ["test_type:data", `orders_customers orders_are_paid unique_source_web_visits_id ${stagingTests}`],
    ["test_name:unique", "unique_stg_orders_id unique_stg_customers_id unique_source_web_visits_id"],
    ["test_name:rel*", "orders_customers"],
    ["package:shop,resource_type:seed", "raw_orders raw_customers"],
    ["package:this,resource_type:seed", "raw_orders raw_customers"],
    ["package:sh*,resource_type:seed", "raw_orders raw_customers"],
  ])("%s", (select, expected) => {
    expectChoice(choose(select), expected);
  });

  test("that do not exist list those that do", () => {
    const { diagnostics } = selectNodes(graph, { select: ["tags:x"], exclude: [], indirect: "eager" });
    expect(diagnostics.map((d) => `${d.code} ${d.severity} ${d.message} ${d.help}`)).toEqual([
      'RT0004 error "tags" is not a selector method (known: fqn, tag, path, file, source, exposure, resource_type, config.*, test_type, test_name, package, group, access, version, unit_test, state, result, source_status, selector, metric, semantic_model, saved_query) did you mean "tag"?',
    ]);
    expect(choose("config:view").said).toEqual(["RT0004 error"]);
    expect(choose("tag.x:view").said).toEqual(["RT0004 error"]);
  });

  test("that take one of a few words know them", () => {
    const said = (select: string) => {
      const { value, diagnostics } = selectNodes(graph, { select: [select], exclude: [], indirect: "eager" });
      return [value.size, ...diagnostics.map((d) => `${d.code} ${d.severity} ${d.message}; ${d.help}`)];
    };
    expect(said("resource_type:models")[1]).toMatch(
      /^RT0016 error "models" is nothing that resource_type: can choose \(known: model, .*export.*\); did you mean "model"\?$/,
    );
    expect(said("test_type:generics")[1]).toMatch(/^RT0016 error .*\(known: generic, singular, unit, data, schema\); did you mean "generic"\?$/);
    expect(said("access:open")[1]).toMatch(/^RT0016 error .*\(known: private, protected, public\); undefined$/);
    expect(said("version:newest")[1]).toMatch(/^RT0016 error .*\(known: latest, prerelease, old, none\); undefined$/);
    expect(said("state:changed")[1]).toMatch(/^RT0016 error .*\(known: new, old, modified, unmodified, modified\.body, .*modified\.contract\); undefined$/);
    expect(said("state:modified.bodies")[1]).toMatch(/did you mean "modified\.body"\?$/);
    expect(said("result:failed")[1]).toMatch(/^RT0016 error .*\(known: success, error, fail, .*\); did you mean "fail"\?$/);
    expect(said("source_status:fresh")[1]).toMatch(/^RT0016 error .*\(known: fresher\); undefined$/);
  });

  test("that compare with an earlier run ask for one", () => {
    for (const select of ["state:modified+", "result:error", "source_status:fresher"]) expect(choose(select)).toEqual({ names: [], said: ["RT0014 error"] });
  });

  test("that dbt knows and nothing here answers to say that there is none", () => {
    for (const [select, what] of [
      ["metric:revenue", "metrics"],
      ["semantic_model:orders", "semantic models"],
      ["saved_query:weekly", "saved queries"],
    ] as const) {
      const { value, diagnostics } = selectNodes(graph, { select: [select], exclude: [], indirect: "eager" });
      expect(value.size).toBe(0);
      expect(diagnostics.map((d) => `${d.code} ${d.severity} ${d.help}`)).toEqual([
        `RT0002 warning this project has no ${what}, because retain has none; the method is known so that dbt's selectors can be read`,
      ]);
    }
    for (const select of ["unit_test:any", "group:finance", "version:old", "version:prerelease", "version:latest", "access:public"])
      expect(choose(select)).toEqual({ names: [], said: ["RT0002 warning"] });
    expectChoice(choose("access:protected"), "stg_orders stg_customers stg_visits orders customers revenue audience");
    expectChoice(choose("version:none"), "stg_orders stg_customers stg_visits orders customers revenue audience");
  });

  test("that match nothing warn, and the others still count", () => {
    expect(choose("tag:nope orders")).toEqual({ names: ["orders"], said: ["RT0002 warning"] });
    for (const select of ["tag:Nightly", "path:models/mart", "file:order", "source:visits", "package:other", "config.meta.owner:lee", "test_name:uniq"]) {
      expect(choose(select)).toEqual({ names: [], said: ["RT0002 warning"] });
    }
  });

  test("an intersection of two that have nothing in common warns", () => {
    expect(choose("tag:staging,tag:mart")).toEqual({ names: [], said: ["RT0002 warning"] });
  });
});

describe("combinations", () => {
  test.each([
    [["orders customers"], [], "orders customers"],
    [["orders", "customers"], [], "orders customers"],
    [["tag:mart,config.materialized:view"], [], "revenue"],
    [["tag:mart,tag:nightly,+audience"], [], "customers"],
    [["stg_orders tag:mart,config.materialized:view"], [], "stg_orders revenue"],
    [["+revenue,+orders"], [], "orders stg_orders raw_orders"],
    [["tag:mart"], ["orders"], "customers revenue audience"],
    [["tag:mart"], ["orders", "customers"], "revenue audience"],
    [["tag:mart"], ["tag:nightly revenue"], "audience"],
    [["tag:mart"], ["tag:nightly,config.meta.owner:kim"], "orders revenue audience"],
    [["+audience"], ["+customers"], "audience stg_visits visits"],
    [["orders"], ["customers", ""], "orders"],
  ])("%j without %j", (select, exclude, expected) => {
    expectChoice(choose(select, exclude), expected);
  });

  test("a selection of which nothing is left is said", () => {
    const { value, diagnostics } = selectNodes(graph, { select: ["orders"], exclude: ["tag:mart"], indirect: "empty" });
    expect([value.size, diagnostics.map(({ message, help }) => [message, help])]).toEqual([
      0,
      [['the selection "orders --exclude tag:mart" matches nothing', "everything that is selected is excluded, too"]],
    ]);
  });

  test.each([
    ["web", "sources are chosen by source:web"],
    ["web.visits", "sources are chosen by source:web.visits"],
    ["pages", "sources are chosen by source:web.pages"],
    ["ordes", 'did you mean "orders"?'],
  ])("%s chooses nothing, and it is said what would", (text, help) => {
    expect(selectNodes(graph, { select: [text], exclude: [], indirect: "empty" }).diagnostics).toMatchObject([{ code: "RT0002", help }]);
  });

  test("no selection is everything, minus what is excluded", () => {
    expect(choose([]).names).toHaveLength(graph.nodes.size);
    expect(choose([], ["tag:*x*"]).said).toEqual(["RT0002 warning"]);
    expect(choose([], ["resource_type:test"], "empty").names).toHaveLength(graph.nodes.size - 6);
  });
});

describe("tests come along", () => {
  test.each([
    // Of one model, whatever the mode.
    ["stg_orders", "eager", `stg_orders ${orderTests}`],
    ["stg_orders", "cautious", `stg_orders ${orderTests}`],
    ["stg_orders", "buildable", `stg_orders ${orderTests}`],
    ["stg_orders", "empty", "stg_orders"],
    // Of two models, one of them chosen.
    ["customers", "eager", "customers orders_customers"],
    ["customers", "cautious", "customers"],
    ["customers", "buildable", "customers"],
    ["customers", "empty", "customers"],
    // Both chosen, by one criterion or by two.
    ["tag:nightly", "eager", "orders customers orders_customers orders_are_paid"],
    ["tag:nightly", "cautious", "orders customers orders_customers orders_are_paid"],
    ["tag:nightly", "buildable", "orders customers orders_customers orders_are_paid"],
    ["tag:nightly", "empty", "orders customers"],
    ["orders customers", "cautious", "orders customers orders_customers orders_are_paid"],
    ["orders customers", "buildable", "orders customers orders_customers orders_are_paid"],
    // Sources and seeds have tests too.
    ["source:web", "eager", "visits pages unique_source_web_visits_id"],
    ["source:web", "cautious", "visits pages unique_source_web_visits_id"],
    // A test named itself is chosen in every mode.
    ["orders_customers", "empty", "orders_customers"],
    ["test_type:singular", "cautious", "orders_are_paid"],
    // Only what both sides have.
    ["orders,tag:nightly", "eager", "orders orders_customers orders_are_paid"],
    ["customers,resource_type:model", "cautious", "customers"],
    ["stg_orders,test_name:unique", "eager", "unique_stg_orders_id"],
  ] as const)("%s, %s", (select, indirect, expected) => {
    expectChoice(choose(select, [], indirect), expected);
  });

  describe("with buildable, when the other parents can be built with what is chosen", () => {
    const chain = {
      "models/m.yml": `models:
  - {name: a, sql: select 1 as x}
  - {name: side, sql: select 1 as x}
  - {name: c, sql: select 1 as x}
  - name: b
    sql: 'select * from {{ref "a"}}'
    columns: [{name: x, tests: [{relationships: {to: ref('a'), field: x, name: b_a}}, {relationships: {to: ref('side'), field: x, name: b_side}}]}]
  - name: d
    sql: 'select * from {{ref "c"}}'
    columns: [{name: x, tests: [{relationships: {to: ref('a'), field: x, name: d_a}}]}]
`,
    };
    test.each([
      ["b", "eager", "b b_a b_side"],
      ["b", "buildable", "b b_a"],
      ["b", "cautious", "b"],
      ["a", "buildable", "a"],
      ["d", "buildable", "d"],
      // The parent a of d_a comes with b, d_a itself with d.
      ["b d", "buildable", "b d b_a d_a"],
      ["b d", "cautious", "b d"],
    ] as const)("%s, %s", async (select, indirect, expected) => {
      const own = (await openReady(temporaryProject(chain))).graph;
      const chosen = selectNodes(own, { select: [select], exclude: [], indirect }).value;
      expect([...chosen].map((id) => own.nodes.get(id)?.name).toSorted()).toEqual(expected.split(" ").toSorted());
    });
  });

  test("go along with what is excluded", () => {
    expectChoice(choose("tag:nightly", "customers", "eager"), "orders orders_are_paid");
    expectChoice(choose("tag:nightly", "customers", "empty"), "orders");
    expectChoice(choose("tag:nightly", "test_name:relationships", "eager"), "orders customers orders_are_paid");
  });
});
