/** The manifest of a small shop, built by the real stages: what readers of dbt's manifest rely on. */
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { jsonPieces } from "../../src/artifacts/json-pieces.ts";
import { createManifest, manifestSections } from "../../src/artifacts/manifest.ts";
import { type Built, build, invocation, manifestOf, type Read, shop } from "./project.ts";

let built: Built;
let manifest: Read;
beforeAll(async () => {
  built = await build(shop);
  manifest = manifestOf(built);
});

function testOf(name: string): Read {
  const found = Object.values(manifest.nodes as Read).find((node: Read) => node.resource_type === "test" && node.name.startsWith(name));
  if (!found) throw new Error(`no test ${name}`);
  return found;
}

test("the head says which schema it follows and who wrote it", () => {
  expect(manifest.metadata).toEqual({
    dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json",
    dbt_version: "1.12.0",
    generated_at: "2026-07-01T00:00:01.500Z",
    invocation_id: invocation.invocationId,
    invocation_started_at: "2026-07-01T00:00:00.000Z",
    env: { RETAIN_VERSION: "9.8.7", RETAIN_TARGET: "dev", RETAIN_WAREHOUSE_PATH: "warehouse.duckdb" },
    project_name: "shop",
    project_id: createHash("md5").update("shop").digest("hex"),
    user_id: null,
    send_anonymous_usage_stats: false,
    adapter_type: "duckdb",
    quoting: { database: true, schema: true, identifier: true, column: null },
    run_started_at: "2026-07-01T00:00:00.000Z",
  });
});

test("times with an offset are written in UTC", () => {
  const { config, graph, compiled } = built;
  const late = { ...invocation, generatedAt: "2026-07-01T09:00:00+09:00" };
  const { metadata } = createManifest({ config, graph, compiled, invocation: late, catalogName: "warehouse", version: "1" });
  expect(metadata).toMatchObject({ generated_at: "2026-07-01T00:00:00.000Z" });
});

test("all sections of version 12 are there, and each resource is in its own", () => {
  const sections =
    "metadata nodes sources macros docs exposures metrics groups selectors disabled parent_map child_map group_map saved_queries semantic_models unit_tests functions";
  expect(Object.keys(manifest)).toEqual(sections.split(" "));
  const kinds = new Set(Object.keys(manifest.nodes).map((id) => id.split(".")[0]));
  expect([...kinds].toSorted()).toEqual(["model", "seed", "test"]);
  expect(Object.keys(manifest.sources).toSorted()).toEqual(["source.shop.crm.accounts", "source.shop.lake.visits"]);
  expect(Object.keys(manifest.exposures).toSorted()).toEqual(["exposure.shop.board", "exposure.shop.people_file"]);
  expect(Object.keys(manifest.macros).toSorted()).toEqual(["macro.shop.cents", "macro.shop.positive", "macro.shop.shout"]);
});

describe("a model", () => {
  test("has its relation, code, settings and columns", () => {
    expect(manifest.nodes["model.shop.stg_orders"]).toMatchObject({
      database: "warehouse",
      schema: "main",
      alias: "stg_orders",
      relation_name: '"warehouse"."main"."stg_orders"',
      fqn: ["shop", "staging", "stg_orders"],
      path: "staging/stg_orders.sql",
      original_file_path: "models/staging/stg_orders.sql",
      patch_path: "shop://models/staging/stg.yml",
      raw_code: 'select *, {{> cents column="amount"}} as total from {{ref "raw_orders"}}',
      compiled: true,
      compiled_code: 'select *, (amount / 1e2) as total from "main"."raw_orders"',
      compiled_path: "target/compiled/shop/models/staging/stg_orders.sql",
      depends_on: { macros: ["macro.shop.cents"], nodes: ["seed.shop.raw_orders"] },
      refs: [{ name: "raw_orders" }],
      tags: ["staging", "nightly"],
      meta: { team: "crm" },
      created_at: Date.parse("2026-07-01T00:00:00Z") / 1000,
      docs: { show: true, node_color: "#aabbcc" },
      config: { materialized: "view", enabled: true, tags: ["staging", "nightly"], meta: { team: "crm" }, contract: { enforced: true, alias_types: true } },
      unrendered_config: {
        materialized: "view",
        contract: { enforced: true },
        tags: ["staging", "nightly"],
        meta: { team: "crm" },
        docs: { node_color: "#aabbcc" },
      },
      contract: { enforced: true, checksum: expect.stringMatching(/^[0-9a-f]{64}$/) },
      primary_key: ["order_id"],
    });
    expect(manifest.nodes["model.shop.stg_orders"].columns).toMatchObject({
      order_id: { name: "order_id", description: "The order.", data_type: "integer", constraints: [], meta: {} },
      email: { data_type: "varchar", meta: { pii: "email", source: "form" } },
      status: { data_type: "varchar" },
    });
  });

  test("that is ephemeral leaves no relation and shows up in the code of its readers", () => {
    const { nodes } = manifest as { nodes: Read };
    expect(nodes["model.shop.only_paid"]).toMatchObject({ relation_name: null, config: { materialized: "ephemeral" } });
    expect(nodes["model.shop.only_paid"].extra_ctes).toBeUndefined();
    expect(nodes["model.shop.sales"].extra_ctes_injected).toBe(true);
    expect(nodes["model.shop.sales"].extra_ctes).toEqual([{ id: "model.shop.only_paid", sql: expect.stringContaining("status = 'paid'") }]);
  });

  test("keeps its alias, schema and letters", () => {
    const sales = manifest.nodes["model.shop.sales"];
    expect(sales.relation_name).toBe('"warehouse"."mart"."매출"');
    expect(sales.raw_code).toContain("'한글' as 이름");
    expect(sales.config).toMatchObject({ alias: "매출", schema: "mart" });
    expect(sales.columns).toEqual({});
    expect(sales.compiled_path).toBe("target/compiled/shop/models/marts/매출.yml/sales.sql");
  });

  test("written in YAML has the checksum of its own text", () => {
    const { raw_code, checksum } = manifest.nodes["model.shop.people"];
    expect(checksum).toEqual({ name: "sha256", checksum: createHash("sha256").update(raw_code).digest("hex") });
  });
});

test("a seed has neither code nor refs, which the schema forbids", () => {
  const seed = manifest.nodes["seed.shop.raw_orders"];
  expect(seed).toMatchObject({
    config: { materialized: "seed", column_types: { order_id: "integer" } },
    depends_on: { macros: [] },
    relation_name: '"warehouse"."main"."raw_orders"',
  });
  for (const key of ["refs", "sources", "compiled", "compiled_code", "compiled_path", "language", "contract"]) expect(seed).not.toHaveProperty(key);
});

describe("a test", () => {
  test("names its column, its node and its arguments", () => {
    expect(testOf("unique_stg_orders")).toMatchObject({
      test_metadata: { name: "unique", kwargs: { column_name: "order_id", model: "{{ get_where_subquery(ref('stg_orders')) }}" }, namespace: null },
      column_name: "order_id",
      attached_node: "model.shop.stg_orders",
      file_key_name: "models.stg_orders",
      checksum: { name: "none", checksum: "" },
      config: { severity: "ERROR", materialized: "test", enabled: true },
      compiled_path: "target/compiled/shop/models/staging/stg.yml/unique_stg_orders_order_id.sql",
      depends_on: { macros: [], nodes: ["model.shop.stg_orders"] },
    });
  });

  test("with a list and a name of its own", () => {
    const found = testOf("status / known?");
    expect(found.test_metadata.kwargs).toMatchObject({ values: ["paid", "refunded"], column_name: "status" });
    expect(found.compiled_path).toBe("target/compiled/shop/models/staging/stg.yml/status _ known_.sql");
  });

  test("with a ref has the tested relation last, where readers of relationships look for it", () => {
    const found = testOf("relationships_");
    expect(found.test_metadata.kwargs).toMatchObject({ to: "ref('raw_statuses')", field: "status" });
    expect(found.depends_on.nodes).toEqual(["seed.shop.raw_statuses", "model.shop.stg_orders"]);
    expect(found.refs[0]).toEqual({ name: "raw_statuses" });
  });

  test("with a condition and a severity", () => {
    const found = testOf("matches_pattern_");
    expect(found.config).toMatchObject({ severity: "WARN", where: "email is not null" });
    expect(found.compiled_code).toContain("where email is not null");
  });

  test("of a source hangs on no node", () => {
    expect(testOf("not_null_source_")).toMatchObject({
      attached_node: null,
      file_key_name: "sources.lake_visits",
      depends_on: { nodes: ["source.shop.lake.visits"] },
      sources: [["lake", "visits"]],
    });
  });

  test("of the project's own depends on its macro, and says where failing rows are kept", () => {
    expect(testOf("positive_")).toMatchObject({
      depends_on: { macros: ["macro.shop.positive"], nodes: ["model.shop.people"] },
      relation_name: '"warehouse"."main_dbt_test__audit"."positive_people_person_id__0"',
      config: { store_failures: true, store_failures_as: "table" },
    });
  });

  test("in a file of its own has no metadata of generic tests", () => {
    const found = testOf("no_negative_sales");
    expect(found).toMatchObject({
      unique_id: "test.shop.no_negative_sales",
      compiled_path: "target/compiled/shop/test/data/no_negative_sales.sql",
      config: { severity: "WARN" },
      checksum: { name: "sha256" },
    });
    for (const key of ["test_metadata", "column_name", "attached_node", "file_key_name"]) expect(found).not.toHaveProperty(key);
  });
});

test("sources in files have a location, others a relation", () => {
  expect(manifest.sources["source.shop.lake.visits"]).toMatchObject({
    database: "warehouse",
    relation_name: null,
    external: { location: "data/*.csv", file_format: "csv" },
    source_description: "Files.",
  });
  expect(manifest.sources["source.shop.crm.accounts"]).toMatchObject({
    database: "crm_db",
    identifier: "Accounts",
    relation_name: '"crm_db"."public"."Accounts"',
    external: null,
    loaded_at_field: "updated_at",
  });
});

test("an export is an exposure of type application, with its own settings under meta and none of its destination's", () => {
  const found = manifest.exposures["exposure.shop.people_file"];
  expect(found).toMatchObject({
    type: "application",
    label: "People",
    owner: { name: "CRM", email: null },
    tags: ["ads"],
    depends_on: { macros: [], nodes: ["model.shop.people", "model.shop.unwanted"] },
    refs: [{ name: "people" }, { name: "unwanted" }],
    meta: {
      owner: "CRM",
      retain: {
        kind: "export",
        model: "people",
        primary_key: "person_id",
        destination: "files",
        destination_type: "file",
        mode: "mirror",
        suppress: ["unwanted"],
      },
    },
  });
  expect(JSON.stringify(manifest)).not.toContain("very-secret-token");
  expect(manifest.exposures["exposure.shop.board"]).toMatchObject({
    type: "dashboard",
    owner: { name: null, email: "a@example.com" },
    sources: [["crm", "accounts"]],
    depends_on: { nodes: ["model.shop.sales", "source.shop.crm.accounts"] },
  });
});

test("an export without owner belongs to the project", async () => {
  const other = await build({ ...shop, "exports/people.yml": (shop["exports/people.yml"] as string).replace("meta: {owner: CRM}, ", "") });
  expect(manifestOf(other).exposures["exposure.shop.people_file"].owner).toEqual({ name: "shop", email: null });
});

test("macros have their text, arguments and defaults", () => {
  expect(manifest.macros["macro.shop.cents"]).toMatchObject({
    macro_sql: "({{column}} / 1e{{scale}})",
    patch_path: "shop://macros/macros.yml",
    arguments: [
      { name: "column", type: "string", description: "" },
      { name: "scale", type: "number", description: "" },
    ],
    meta: { retain: { kind: "macro", language: "handlebars", defaults: { scale: 2 } } },
  });
  expect(manifest.macros["macro.shop.shout"].meta.retain.language).toBe("javascript");
  expect(manifest.macros["macro.shop.positive"].meta.retain.kind).toBe("test");
});

test("what is disabled is apart, with its tests, and has no compiled code", () => {
  expect(Object.keys(manifest.disabled)).toEqual(["model.shop.off", expect.stringMatching(/^test\.shop\.not_null_off_a\./)]);
  const [off] = manifest.disabled["model.shop.off"];
  expect(off).toMatchObject({ name: "off", config: { enabled: false } });
  expect(off).not.toHaveProperty("compiled_code");
  expect(manifest.parent_map).not.toHaveProperty("model.shop.off");
});

test("parent_map and child_map have every node, source and exposure and say the same", () => {
  const ids = [...Object.keys(manifest.nodes), ...Object.keys(manifest.sources), ...Object.keys(manifest.exposures)].toSorted();
  expect(Object.keys(manifest.parent_map).toSorted()).toEqual(ids);
  expect(Object.keys(manifest.child_map).toSorted()).toEqual(ids);
  const pairs = (map: Readonly<Record<string, readonly string[]>>) => Object.entries(map).flatMap(([id, list]) => list.map((other) => [id, other] as const));
  const down = pairs(manifest.child_map).map(([parent, child]) => `${parent} > ${child}`);
  const up = pairs(manifest.parent_map).map(([child, parent]) => `${parent} > ${child}`);
  expect(down.toSorted()).toEqual(up.toSorted());
  expect(manifest.parent_map["model.shop.sales"]).toEqual(["model.shop.only_paid"]);
  for (const node of Object.values(manifest.nodes as Read))
    if (node.resource_type !== "seed") expect(node.depends_on.nodes.toSorted()).toEqual(manifest.parent_map[node.unique_id].toSorted());
});

test("paths have forward slashes and stay below the target folder", () => {
  const paths = Object.values(manifest.nodes as Read).flatMap((node: Read) =>
    [node.path, node.original_file_path, node.compiled_path, node.patch_path].filter((path) => typeof path === "string"),
  );
  for (const path of paths) expect(path).not.toContain("\\");
});

test("after parsing alone nothing is compiled, and all else is there", () => {
  const { config, graph } = built;
  const parsed = JSON.parse(
    JSON.stringify(createManifest({ config, graph, compiled: undefined, invocation, catalogName: "warehouse", version: "9.8.7" })),
  ) as Read;
  const model = parsed.nodes["model.shop.sales"];
  for (const key of ["compiled", "compiled_code", "compiled_path", "extra_ctes"]) expect(model).not.toHaveProperty(key);
  expect(model.raw_code).toContain("only_paid");
  expect(parsed.parent_map).toEqual(manifest.parent_map);
});

test("the same project gives the same manifest, and an edit changes one checksum", async () => {
  const again = await build(shop);
  const portable = (value: Read, { directory }: Built) => JSON.stringify(value).replaceAll(directory, "");
  expect(portable(manifestOf(again), again)).toBe(portable(manifest, built));
  const edited = manifestOf(
    await build({ ...shop, "models/marts/매출.yml": (shop["models/marts/매출.yml"] as string).replace("select 2 as person_id", "select 3 as person_id") }),
  );
  const changed = Object.keys(manifest.nodes).filter((id) => manifest.nodes[id].checksum.checksum !== edited.nodes[id].checksum.checksum);
  expect(changed).toEqual(["model.shop.unwanted"]);
});

test("written piece by piece it is the same JSON, one entry a line", () => {
  const { config, graph, compiled } = built;
  const input = { config, graph, compiled, invocation, catalogName: "warehouse", version: "9.8.7" };
  const text = [...jsonPieces(manifestSections(input))].join("");
  expect(JSON.parse(text)).toEqual(manifest);
  expect(text.split("\n").filter((line) => line.startsWith('"model.shop.stg_orders":{')).length).toBe(1);
});

describe("primary keys", () => {
  const keysOf = async (yaml: string) => manifestOf(await build({ "models/m.yml": `models:\n  - ${yaml}\n` })).nodes["model.shop.m"].primary_key;

  test("need both tests, on all rows", async () => {
    expect(await keysOf('{name: m, sql: "select 1 as a", columns: [{name: a, tests: [unique]}]}')).toEqual([]);
    expect(await keysOf('{name: m, sql: "select 1 as a", columns: [{name: a, tests: [not_null, unique: {where: "a > 0"}]}]}')).toEqual([]);
    expect(await keysOf('{name: m, sql: "select 1 as a", columns: [{name: a, tests: [not_null, unique]}]}')).toEqual(["a"]);
  });

  test("may be a combination of columns that are never NULL", async () => {
    const combination = (tests: string) =>
      `{name: m, sql: "select 1 as a, 2 as b", columns: [{name: a, tests: [not_null]}, {name: b, tests: [${tests}]}], tests: [{unique_combination: {columns: [A, b]}}]}`;
    expect(await keysOf(combination("not_null"))).toEqual(["A", "b"]);
    expect(await keysOf(combination(""))).toEqual([]);
  });
});

test("a column may be called __proto__", async () => {
  const other = await build({ "models/m.yml": "models: [{name: m, sql: select 1 as a, columns: [{name: __proto__, data_type: integer}]}]\n" });
  expect(Object.keys(manifestOf(other).nodes["model.shop.m"].columns)).toEqual(["__proto__"]);
});

test("an empty project is a manifest too", async () => {
  const empty = manifestOf(await build({}));
  expect(empty.nodes).toEqual({});
  expect(empty.parent_map).toEqual({});
  expect(Object.keys(empty.docs)).toEqual(["doc.shop.__overview__"]);
});
