/** replace_from: the table from the least new value on is replaced as a whole, so that what is gone from there is gone, and what lies after it. */
import { mapSql } from "../../../core/mapped-text.ts";
import { quoteIdentifier } from "../../../core/names.ts";
import { conditions, insertRows } from "./statements.ts";
import { type IncrementalStrategy, stagedRows, tableAlias } from "./strategy.ts";

export const replaceFrom: IncrementalStrategy = {
  description: "rows of the table from the least partition_by of the new rows on are replaced, such as the last days",
  keySetting: "partition_by",
  settings: ["partition_by", "incremental_predicates"],
  needsUniqueRows: false,
  statements: (increment, table, columns) => {
    const key = quoteIdentifier(increment.keys[0] ?? "");
    const only = increment.predicates.length > 0 ? mapSql(undefined)`\n    and ${conditions(increment)}` : "";
    return [
      mapSql(undefined)`delete from ${table} as ${tableAlias}
where ${tableAlias}.${key} >= (select min(${key}) from ${stagedRows})${only}`,
      insertRows(table, columns),
    ];
  },
};
