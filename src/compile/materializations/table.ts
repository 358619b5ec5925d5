/** A table: computed once a build and replaced as a whole. */
import { mapSql } from "../../core/mapped-text.ts";
import type { Materialization } from "./materialization.ts";

export const table: Materialization = {
  description: "rows that are computed in the build and replaced as a whole",
  relationType: "table",
  steps: ({ relation, sql }) => [
    { kind: "drop_other_type", relation, keep: "table" },
    { kind: "sql", sql: mapSql(undefined)`create or replace table ${relation.sql} as (\n${sql}\n)` },
  ],
};
