/** insert_overwrite: partitions of the table that the new rows have rows in are replaced as a whole. */
import { deleteMatching, insertRows } from "./statements.ts";
import type { IncrementalStrategy } from "./strategy.ts";

export const insertOverwrite: IncrementalStrategy = {
  description: "partitions (partition_by) that the new rows fall into are replaced as a whole",
  keySetting: "partition_by",
  settings: ["partition_by", "incremental_predicates"],
  needsUniqueRows: false,
  statements: (increment, table, columns) => [deleteMatching(increment, table), insertRows(table, columns)],
};
