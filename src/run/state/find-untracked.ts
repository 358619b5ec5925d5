/** Finds what SQL of nodes reads that no ref or source leads to: nobody could tell whether that has changed. */
import type { Compiled } from "../../compile/compiled.ts";
import type { Relation } from "../../compile/values.ts";
import { quoteIdentifier } from "../../core/names.ts";
import type { Connection } from "../../ports/engine.ts";

/** Table functions that look into files, into other databases or into the catalog. */
const reader = /^(read_|parquet_|sniff_csv$|glob$|st_read|iceberg_|delta_|duckdb_|pragma_|query$|query_table$|\w+_scan\b|\w+_query$)/;

export interface Reading {
  readonly entry: Compiled;
  /** The relations that it reads by ref and source. */
  readonly known: readonly Relation[];
}

/** The first such name of a node, by unique id; nodes that have none, or of which it cannot be told, are left out. */
export async function findUntracked(connection: Connection, readings: readonly Reading[]): Promise<ReadonlyMap<string, string>> {
  const asked = readings.flatMap((reading) => queriesOf(reading).map((query) => ({ reading, query })));
  const answers = await connection.namesIn(asked.map(({ query }) => query));
  const untracked = new Map<string, string>();
  asked.forEach(({ reading: { entry, known } }, i) => {
    const found = answers[i];
    const id = entry.node.uniqueId;
    if (!found || untracked.has(id)) return;
    const names = new Set([...known, ...("relation" in entry ? [entry.relation] : [])].map(({ name }) => name.toLowerCase()));
    const table = found.tables.find((name) => !names.has(name) && !found.commonTables.includes(name));
    const called = found.functions.find((name) => reader.test(name));
    if (table !== undefined || called !== undefined) untracked.set(id, table ?? `${called}()`);
  });
  return untracked;
}

function queriesOf({ entry, known }: Reading): readonly string[] {
  // What a unit test reads is given to it, and a model in JavaScript reads what it declares.
  if (entry.kind === "seed" || entry.kind === "unit_test" || (entry.kind === "model" && entry.javascript)) return [];
  const increment = entry.kind === "model" ? entry.increment?.rows.text : undefined;
  const texts = [entry.sql.text, ...(increment === undefined ? [] : [increment])];
  // Files that a source stands for are read by a function; without it the text names the source like a table.
  return texts.map((text) =>
    known.reduce((sql, relation) => (relation.sql.includes("(") ? sql.replaceAll(relation.sql, quoteIdentifier(relation.name)) : sql), text),
  );
}
