/** delete+insert: rows of the table that share a key with a new row go, then all new rows come. */
import { deleteMatching, insertRows } from "./statements.ts";
import type { IncrementalStrategy } from "./strategy.ts";

export const deleteInsert: IncrementalStrategy = {
  description: "rows with the unique_key of a new row are deleted, then the new rows are added",
  keySetting: "unique_key",
  settings: ["unique_key", "incremental_predicates"],
  needsUniqueRows: false,
  statements: (increment, table, columns) => [deleteMatching(increment, table), insertRows(table, columns)],
};
