/** append: new rows are added, whatever is there. */
import { insertRows } from "./statements.ts";
import type { IncrementalStrategy } from "./strategy.ts";

export const append: IncrementalStrategy = {
  description: "new rows are added and replace nothing",
  keySetting: undefined,
  settings: [],
  needsUniqueRows: false,
  statements: (_, table, columns) => [insertRows(table, columns)],
};
