/** Finds what a node's SQL reads that no ref or source leads to: nobody could tell whether that has changed. */
import type { Compiled } from "../../compile/compiled.ts";
import type { Relation } from "../../compile/values.ts";
import { quoteIdentifier } from "../../core/names.ts";
import type { Connection } from "../../ports/engine.ts";

/** Table functions that look into files, into other databases or into the catalog. */
const reader = /^(read_|parquet_|sniff_csv$|glob$|st_read|iceberg_|delta_|duckdb_|pragma_|query$|query_table$|\w+_scan\b|\w+_query$)/;

/** Its name; `undefined` when there is none, or when it cannot be told. `known` are the relations that it reads by ref and source. */
export async function findUntracked(connection: Connection, entry: Compiled, known: readonly Relation[]): Promise<string | undefined> {
  // What a unit test reads is given to it, and a model in JavaScript reads what it declares.
  if (entry.kind === "seed" || entry.kind === "unit_test" || (entry.kind === "model" && entry.javascript)) return undefined;
  const increment = entry.kind === "model" ? entry.increment?.rows.text : undefined;
  const names = new Set([...known, ...("relation" in entry ? [entry.relation] : [])].map(({ name }) => name.toLowerCase()));
  for (const text of [entry.sql.text, ...(increment === undefined ? [] : [increment])]) {
    // Files that a source stands for are read by a function; without it the text names the source like a table.
    const query = known.reduce((sql, relation) => (relation.sql.includes("(") ? sql.replaceAll(relation.sql, quoteIdentifier(relation.name)) : sql), text);
    const found = await connection.namesIn(query);
    if (!found) continue;
    const table = found.tables.find((name) => !names.has(name) && !found.commonTables.includes(name));
    const called = found.functions.find((name) => reader.test(name));
    if (table !== undefined || called !== undefined) return table ?? `${called}()`;
  }
  return undefined;
}
