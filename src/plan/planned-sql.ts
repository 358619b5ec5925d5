/**
 * The SQL of a stage as far as it is known before the run, for people and programs to read. What is there in the warehouse
 * decides which of several ways is gone, so each is given with its condition. Pure.
 */

import { inWindow } from "../compile/batch-window.ts";
import { stageRows } from "../compile/materializations/incremental/statements.ts";
import { plannedStatements } from "../compile/materializations/incremental/strategies.ts";
import { plainText } from "../core/mapped-text.ts";
import { quoteIdentifier, quoteLiteral } from "../core/names.ts";
import type { FileStage, Stage } from "./plan.ts";

export interface PlannedSql {
  /** When it is run; `undefined` for always. */
  readonly when: string | undefined;
  readonly statements: readonly string[];
}

/** Where a version is written to is known only in the run. */
function filesSql({ rows, newRows, location, format, partitionBy }: FileStage): readonly PlannedSql[] {
  const copy = (query: string): string => {
    const partitions = partitionBy.length > 0 ? `, partition_by (${partitionBy.map(quoteIdentifier).join(", ")})` : "";
    return `copy (\n${query}\n) to ${quoteLiteral(location)} (format ${format}${partitions})`;
  };
  if (!newRows) return [{ when: undefined, statements: [copy(rows.text)] }];
  return [
    { when: "if the files are not there, or with --full-refresh", statements: [copy(rows.text)] },
    { when: "if the files are there: for partitions with new rows", statements: [copy(newRows.text)] },
  ];
}

export function plannedSql(stage: Stage): readonly PlannedSql[] {
  const ways = waysOf(stage);
  if (!("trial" in stage) || !stage.trial) return ways;
  const [first] = ways;
  return [
    ...(first ? [{ when: "if it is not there, or was made of a part of its inputs", statements: first.statements }] : []),
    { when: "if it is there, which is left as it is", statements: [stage.trial.text] },
  ];
}

function waysOf(stage: Stage): readonly PlannedSql[] {
  if (stage.kind === "snapshot") return [{ when: undefined, statements: [stageRows(stage.snapshot).text] }];
  if (stage.kind !== "model") return [];
  const anew = stage.steps.flatMap((step) => (step.kind === "sql" ? [step.sql.text] : []));
  const { increment, batches, files } = stage;
  if (files) return filesSql(files);
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
  if (!increment || increment.isAnew) return [{ when: undefined, statements: anew }];
  const statements = plannedStatements(increment, stage.relation.sql).map(({ text }) => text);
  return [
    { when: "if the table is not there, or with --full-refresh", statements: anew },
    { when: "if the table is there", statements },
  ];
}
