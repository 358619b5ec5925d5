/** Which tables and functions a query names, read from DuckDB's own syntax tree. Nothing is bound or run. */
import type { QueryNames } from "../../ports/engine.ts";

/** Table functions whose text names tables, which the tree shows as mere values. */
const opaque: ReadonlySet<unknown> = new Set(["query", "query_table"]);

/** `undefined` when it cannot be told. DuckDB's own list of names leaves out those in joins with `using`. */
export function namesIn(tree: unknown): QueryNames | undefined {
  const found = { tables: new Set<string>(), commonTables: new Set<string>(), functions: new Set<string>() };
  if (!collect(tree, found)) return undefined;
  return { tables: [...found.tables], commonTables: [...found.commonTables], functions: [...found.functions] };
}

type Found = Readonly<Record<keyof QueryNames, Set<string>>>;

/** Returns whether everything could be looked into. */
function collect(node: unknown, found: Found): boolean {
  if (node === null || typeof node !== "object") return true;
  const { type, table_name: table, function_name: called, cte_map: common } = node as Readonly<Record<string, unknown>>;
  if (type === "BASE_TABLE" && typeof table === "string") found.tables.add(table.toLowerCase());
  if (typeof called === "string") found.functions.add(called.toLowerCase());
  for (const { key } of (common as { readonly map?: readonly { readonly key: string }[] } | undefined)?.map ?? []) found.commonTables.add(key.toLowerCase());
  return !opaque.has(called) && Object.values(node).every((value) => collect(value, found));
}
