/** merge: a new row updates the row of its key where there is one, and is added where there is none. */
import { mapSql } from "../../../core/mapped-text.ts";
import { quoteIdentifier } from "../../../core/names.ts";
import { sameKey } from "./statements.ts";
import { type Increment, type IncrementalStrategy, rowsAlias, stagedRows, tableAlias } from "./strategy.ts";

export const merge: IncrementalStrategy = {
  description: "a new row updates the row with its unique_key, or is added if there is none",
  keySetting: "unique_key",
  settings: ["unique_key", "incremental_predicates", "merge_update_columns", "merge_exclude_columns"],
  needsUniqueRows: true,
  statements: (increment, table, columns) => {
    const update = updateClause(increment, columns);
    const insert = columns
      ? `insert (${columns.map(quoteIdentifier).join(", ")}) values (${columns.map((column) => `${rowsAlias}.${quoteIdentifier(column)}`).join(", ")})`
      : "insert by name";
    return [
      mapSql(undefined)`merge into ${table} as ${tableAlias}
using ${stagedRows} as ${rowsAlias}
on ${sameKey(increment)}
${update === undefined ? "" : `when matched then ${update}\n`}when not matched then ${insert}`,
    ];
  },
};

/** `undefined` when there is nothing to update: then a match leaves its row as it is. */
function updateClause({ keys, updateColumns, keepColumns }: Increment, columns: readonly string[] | undefined): string | undefined {
  if (!columns && updateColumns === undefined && keepColumns.length === 0) return "update by name";
  const isIn = (list: readonly string[], column: string): boolean => list.some((item) => item.toLowerCase() === column.toLowerCase());
  const updated = (columns ?? updateColumns ?? []).filter(
    (column) => !isIn(keys, column) && !isIn(keepColumns, column) && (updateColumns === undefined || isIn(updateColumns, column)),
  );
  if (!columns && updateColumns === undefined) return `update by name /* but for ${keepColumns.join(", ").replaceAll("*/", "* /")} */`;
  if (updated.length === 0) return undefined;
  return `update set ${updated.map((column) => `${quoteIdentifier(column)} = ${rowsAlias}.${quoteIdentifier(column)}`).join(", ")}`;
}
