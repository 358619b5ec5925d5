/** A table: computed once a build and replaced as a whole. */
import { mapSql } from "../../core/mapped-text.ts";
import { createTable } from "../create-table.ts";
import type { Materialization } from "./materialization.ts";

export const table: Materialization = {
  description: "rows that are computed in the build and replaced as a whole",
  relationType: "table",
  isItsQuery: true,
  holdsConstraints: true,
  steps: ({ node, relation, sql, constraints }) => [
    { kind: "drop_other_type", relation, keep: "table" },
    ...(constraints.some((constraint) => constraint.sql)
      ? [
          { kind: "sql", sql: createTable("create or replace table", relation.sql, node.columns, constraints) } as const,
          { kind: "sql", sql: mapSql(undefined)`insert into ${relation.sql} by name (\n${sql}\n)` } as const,
        ]
      : [{ kind: "sql", sql: mapSql(undefined)`create or replace table ${relation.sql} as (\n${sql}\n)` } as const]),
  ],
};
