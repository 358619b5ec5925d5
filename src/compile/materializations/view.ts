/** A view: computed whenever it is read. */
import { mapSql } from "../../core/mapped-text.ts";
import type { Materialization } from "./materialization.ts";

export const view: Materialization = {
  description: "a query that is computed whenever it is read",
  relationType: "view",
  isItsQuery: true,
  // The parentheses keep one model one statement, whatever its text holds.
  steps: ({ relation, sql }) => [
    { kind: "drop_other_type", relation, keep: "view" },
    { kind: "sql", sql: mapSql(undefined)`create or replace view ${relation.sql} as (\n${sql}\n)` },
  ],
};
