/**
 * Counts the rows that break a model's constraints: those of constraints that the database does not hold, before the model
 * is published, and those of all others after it has refused the rows. The rows themselves are not shown.
 */
import type { CompiledConstraint, Violation } from "../compile/constraints.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { type MappedText, mapSql } from "../core/mapped-text.ts";
import { plural, quoteIdentifier } from "../core/names.ts";
import type { ModelStage } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";
import { mapEngineError } from "./map-error.ts";

/** `rows` is SQL to select from. One diagnostic for each constraint that some rows break. */
export async function checkConstraints(
  connection: Connection,
  stage: ModelStage,
  constraints: readonly CompiledConstraint[],
  rows: MappedText | string,
): Promise<readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  for (const constraint of constraints) {
    let failures = 0;
    for (const violation of constraint.violations) {
      const sql = countQuery(violation, rows);
      try {
        failures += Number((await connection.query(sql.text)).rows[0]?.["failures"] ?? 0);
      } catch (error) {
        // The transaction may have ended with this statement: nothing more can be counted in it.
        return [...diagnostics, mapEngineError(error, sql, constraint.span, stage.privacy.pii.length > 0)];
      }
    }
    if (failures > 0) {
      const params = { model: stage.name, constraint: constraint.title, failures: plural(failures, "failing row") };
      diagnostics.push(diagnose("RT0440", params, { span: constraint.span }));
    }
  }
  return diagnostics;
}

/** Whether the conditions can be read at all. The database names no place in a condition that stands in `create table`. */
export async function checkConditions(connection: Connection, stage: ModelStage, rows: MappedText): Promise<readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  for (const { violations, span } of stage.constraints) {
    for (const violation of violations) {
      if (violation.kind !== "rows") continue;
      const sql = mapSql(undefined)`select 1 from ${rows} as checked where ${violation.condition} limit 0`;
      await connection.query(sql.text).catch((error: unknown) => diagnostics.push(mapEngineError(error, sql, span)));
    }
  }
  return diagnostics;
}

function countQuery(violation: Violation, rows: MappedText | string): MappedText {
  const sql = mapSql(undefined);
  switch (violation.kind) {
    case "rows":
      return sql`select count(*) as failures from ${rows} as checked where ${violation.condition}`;
    case "duplicates": {
      const list = violation.columns.map(quoteIdentifier);
      // A key with a NULL in it is the same as no other.
      return sql`with repeated_keys as (
  select count(*) as n from ${rows} as checked
  where ${list.map((column) => `${column} is not null`).join(" and ")}
  group by ${list.join(", ")} having count(*) > 1
)
select coalesce(sum(n), 0) as failures from repeated_keys`;
    }
    case "orphans": {
      const list = violation.columns.map(quoteIdentifier);
      const matches = list.map((column, i) => `parent.${quoteIdentifier(violation.toColumns[i] ?? "")} = checked.${column}`);
      return sql`select count(*) as failures from ${rows} as checked
where ${list.map((column) => `checked.${column} is not null`).join(" and ")}
  and not exists (select 1 from ${violation.to.sql} as parent where ${matches.join(" and ")})`;
    }
  }
}
