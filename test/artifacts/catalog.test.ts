/** The catalog: rows of an information schema joined to what the project knows. */
import { beforeAll, expect, test } from "vitest";
import { type CatalogRow, createCatalog } from "../../src/artifacts/catalog.ts";
import { type Built, build, invocation, type Read, read, shop } from "./project.ts";

let built: Built;
beforeAll(async () => {
  built = await build(shop);
});

function row(schema: string, table: string, column: string, index: number, given: Partial<CatalogRow> = {}): CatalogRow {
  return { table_schema: schema, table_name: table, table_type: "BASE TABLE", column_name: column, column_index: index, column_type: "INTEGER", ...given };
}

function catalog(rows: readonly CatalogRow[], errors?: readonly string[]): Read {
  return read(createCatalog({ graph: built.graph, rows, invocation, catalogName: "warehouse", version: "9.8.7", errors }));
}

test("relations of the project have their columns in order, with types and comments", () => {
  const { metadata, nodes, sources, errors } = catalog([
    row("mart", "매출", "total", 2, { column_type: "DECIMAL(18,2)", comment: "Net.", table_comment: "Sales." }),
    row("mart", "매출", "이름", 1, { column_type: "VARCHAR", table_comment: "Sales." }),
    row("main", "nobody_knows", "a", 1),
  ]);
  expect(metadata).toMatchObject({ dbt_schema_version: "https://schemas.getdbt.com/dbt/catalog/v1.json", env: { RETAIN_VERSION: "9.8.7" } });
  expect(sources).toEqual({});
  expect(errors).toBeNull();
  expect(Object.keys(nodes)).toEqual(["model.shop.sales"]);
  const { metadata: relation, columns, stats, unique_id } = nodes["model.shop.sales"];
  expect(relation).toEqual({ type: "BASE TABLE", schema: "mart", name: "매출", database: "warehouse", comment: "Sales.", owner: null });
  expect(Object.keys(columns)).toEqual(["이름", "total"]);
  expect(columns.total).toEqual({ type: "DECIMAL(18,2)", index: 2, name: "total", comment: "Net." });
  expect(stats).toEqual({ has_stats: { id: "has_stats", label: expect.any(String), value: false, include: false, description: expect.any(String) } });
  expect(unique_id).toBe("model.shop.sales");
});

test("names are compared as the database does, without case", () => {
  expect(Object.keys(catalog([row("MAIN", "Raw_Orders", "order_id", 1)]).nodes)).toEqual(["seed.shop.raw_orders"]);
});

test("a source is looked for in its own database, and one in files is in none", () => {
  const rows = [row("public", "accounts", "id", 1, { table_catalog: "crm_db" }), row("lake", "visits", "id", 1)];
  expect(Object.keys(catalog(rows).sources)).toEqual(["source.shop.crm.accounts"]);
  expect(catalog(rows).sources["source.shop.crm.accounts"].metadata.database).toBe("crm_db");
  expect(catalog([row("public", "accounts", "id", 1)]).sources).toEqual({});
});

test("ephemeral models are no relations, also where a table has their name", () => {
  expect(catalog([row("main", "only_paid", "a", 1)]).nodes).toEqual({});
});

test("a known number of rows becomes a statistic", () => {
  const { stats } = catalog([row("main", "people", "person_id", 1, { row_count: 0 })]).nodes["model.shop.people"];
  expect(stats.has_stats.value).toBe(true);
  expect(stats.num_rows).toMatchObject({ id: "num_rows", value: 0, include: true });
});

test("a warehouse that could not be read is an empty catalog with errors", () => {
  expect(catalog([], ["no such file"])).toMatchObject({ nodes: {}, sources: {}, errors: ["no such file"] });
});
