/** A table that a function fills: for what SQL cannot say. It is created from the declared columns. */
import { createTable } from "../create-table.ts";
import type { Materialization, Step } from "./materialization.ts";

export const javascript: Materialization = {
  description: "a table with the rows that the function in a .mjs file returns",
  relationType: "table",
  steps: ({ node, relation, javascript: task }): readonly Step[] =>
    task
      ? [
          { kind: "drop_other_type", relation, keep: "table" },
          { kind: "sql", sql: createTable("create or replace table", relation.sql, node.columns, []) },
          { kind: "javascript", into: relation, task },
        ]
      : [],
};
