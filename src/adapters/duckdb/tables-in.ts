/** Which tables a query names, read from DuckDB's own syntax tree. Nothing is bound or run. */
import type { DuckDBConnection } from "@duckdb/node-api";

/** Table functions whose text names tables, which the tree shows as mere values. */
const opaque: ReadonlySet<unknown> = new Set(["query", "query_table"]);

/** `undefined` when it cannot be told. DuckDB's own list of names leaves out those in joins with `using`. */
export async function tablesIn(raw: DuckDBConnection, query: string): Promise<readonly string[] | undefined> {
  const result = await raw.run("select json_serialize_sql($1::varchar)", [query]);
  const tree: unknown = JSON.parse(String((await result.getRowsJson())[0]?.[0]));
  if ((tree as { readonly error?: boolean }).error !== false) return undefined;
  const found = new Set<string>();
  return collect(tree, found) ? [...found] : undefined;
}

/** Returns whether everything could be looked into. */
function collect(node: unknown, found: Set<string>): boolean {
  if (node === null || typeof node !== "object") return true;
  const { type, table_name: table, function_name: called } = node as Readonly<Record<string, unknown>>;
  if (type === "BASE_TABLE" && typeof table === "string") found.add(table.toLowerCase());
  return !opaque.has(called) && Object.values(node).every((value) => collect(value, found));
}
