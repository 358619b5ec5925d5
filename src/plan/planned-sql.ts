/**
 * The SQL of a stage as far as it is known before the run, for people and programs to read. What is there in the warehouse
 * decides which of several ways is gone, so each is given with its condition. Pure.
 */

import { inWindow } from "../compile/batch-window.ts";
import { stageRows } from "../compile/materializations/incremental/statements.ts";
import { plannedStatements } from "../compile/materializations/incremental/strategies.ts";
import { plainText } from "../core/mapped-text.ts";
import type { Stage } from "./plan.ts";

export interface PlannedSql {
  /** When it is run; `undefined` for always. */
  readonly when: string | undefined;
  readonly statements: readonly string[];
}

export function plannedSql(stage: Stage): readonly PlannedSql[] {
  if (stage.kind === "snapshot") return [{ when: undefined, statements: [stageRows(stage.snapshot).text] }];
  if (stage.kind !== "model") return [];
  const anew = stage.steps.flatMap((step) => (step.kind === "sql" ? [step.sql.text] : []));
  const { increment, batches } = stage;
  if (batches) {
    const table = stage.relation.sql;
    const next = { strategy: "microbatch", rows: batches.next, predicates: [plainText(inWindow(batches.eventTime))] } as const;
    const more = { onSchemaChange: batches.onSchemaChange, keys: [], updateColumns: undefined, keepColumns: [], places: {} };
    return [
      {
        when: "for the first batch, if the table is not there, or with --full-refresh",
        statements: [`create or replace table ${table} as (\n${batches.first.text}\n)`],
      },
      { when: "for each other batch", statements: plannedStatements({ ...next, ...more }, table).map(({ text }) => text) },
    ];
  }
  if (!increment) return [{ when: undefined, statements: anew }];
  const statements = plannedStatements(increment, stage.relation.sql).map(({ text }) => text);
  return [
    { when: "if the table is not there, or with --full-refresh", statements: anew },
    { when: "if the table is there", statements },
  ];
}
