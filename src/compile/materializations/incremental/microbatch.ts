/**
 * microbatch: each batch is a window of time, made on its own; the rows of the window that are there go, its new rows come.
 * Which batches are to be done is found out in the run; the conditions of an increment are those of one batch.
 */
import { mapSql } from "../../../core/mapped-text.ts";
import { conditions, insertRows } from "./statements.ts";
import { type IncrementalStrategy, tableAlias } from "./strategy.ts";

export const microbatch: IncrementalStrategy = {
  description: "each window of time (event_time, batch_size) is replaced as a whole, in a transaction of its own",
  keySetting: undefined,
  settings: ["begin", "batch_size", "lookback"],
  needsUniqueRows: false,
  statements: (increment, table, columns) => [
    mapSql(undefined)`delete from ${table} as ${tableAlias}\nwhere ${conditions(increment)}`,
    insertRows(table, columns),
  ],
};
