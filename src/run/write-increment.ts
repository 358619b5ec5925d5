/**
 * Adds the new rows of an incremental model to its table: stages them, settles how their columns differ from the table's,
 * and lets the strategy's statements bring them in. Runs inside the transaction of its caller.
 */

import { stageRows } from "../compile/materializations/incremental/statements.ts";
import { strategies } from "../compile/materializations/incremental/strategies.ts";
import { type Increment, stagedRows } from "../compile/materializations/incremental/strategy.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { didYouMean } from "../core/did-you-mean.ts";
import { plainText } from "../core/mapped-text.ts";
import { listOf, plural, quoteIdentifier } from "../core/names.ts";
import type { ModelStage } from "../plan/plan.ts";
import type { Connection, ResultColumn } from "../ports/engine.ts";
import { type ColumnDifference, compareColumns, differenceLines, isDifferent } from "./compare-columns.ts";
import { mapEngineError } from "./map-error.ts";
import { findRepeatedKeys } from "./repeated-keys.ts";
import { execute, StatementError } from "./statement.ts";

export type Incremented =
  /** The table has the new rows. */
  | { readonly kind: "added"; readonly message: string }
  /** The columns changed and the model says to make the table anew then; nothing was written. */
  | { readonly kind: "make_anew"; readonly message: string }
  | { readonly kind: "failed"; readonly diagnostics: readonly Diagnostic[] };

/** What has to be known of the model: its table, and where to point. */
type Target = Pick<ModelStage, "name" | "relation" | "span" | "privacy">;

/** `verify` looks at the staged rows before they are brought in. */
export async function writeIncrement(
  connection: Connection,
  stage: Target,
  increment: Increment,
  verify: () => Promise<readonly Diagnostic[]> = async () => [],
): Promise<Incremented> {
  const table = stage.relation.sql;
  await execute(connection, stageRows(increment));
  try {
    const rows = await columnsOf(connection, stagedRows);
    const difference = compareColumns(await columnsOf(connection, table), rows);
    const problem = findMissingColumn(stage, increment, rows) ?? findSchemaProblem(stage, increment, difference);
    if (problem) return { kind: "failed", diagnostics: [problem] };
    const unfit = await verify();
    if (unfit.length > 0) return { kind: "failed", diagnostics: unfit };
    if (isDifferent(difference) && increment.onSchemaChange === "full_refresh") {
      return { kind: "make_anew", message: `made anew, because its columns changed: ${describeDifference(difference)}` };
    }
    const strategy = strategies[increment.strategy];
    const repeated = await findRepeated(connection, stage, increment, stagedRows);
    if (repeated) return { kind: "failed", diagnostics: [repeated] };
    for (const statement of alterStatements(table, increment, difference)) await execute(connection, statement);
    const columns = increment.onSchemaChange === "ignore" ? difference.common : rows.map(({ name }) => name);
    try {
      for (const statement of strategy.statements(increment, table, columns)) await execute(connection, statement);
    } catch (error) {
      const problem = explainConversion(error, stage, increment, difference);
      if (problem) return { kind: "failed", diagnostics: [problem] };
      throw error;
    }
    const count = Number((await connection.query(`select count(*) as n from ${stagedRows}`)).rows[0]?.["n"] ?? 0);
    const changes = alteration(increment, difference);
    return { kind: "added", message: `${plural(count, "row")} by ${increment.strategy}${changes === "" ? "" : `; ${changes}`}` };
  } finally {
    // After a failed statement the transaction is lost, and the temporary table with it.
    await connection.execute(`drop table if exists ${stagedRows}`).catch(() => undefined);
  }
}

/** What has to be true of the rows in `table` before anything is ever added to them: all that the strategy asks of new rows. */
export async function checkRows(connection: Connection, stage: Target, increment: Increment, table: string): Promise<readonly Diagnostic[]> {
  const missing = findMissingColumn(stage, increment, await columnsOf(connection, table));
  const problem = missing ?? (await findRepeated(connection, stage, increment, table));
  return problem ? [problem] : [];
}

async function findRepeated(connection: Connection, stage: Target, increment: Increment, rows: string): Promise<Diagnostic | undefined> {
  if (!strategies[increment.strategy].needsUniqueRows) return undefined;
  const keys = increment.keys.map((key) => plainText(quoteIdentifier(key)));
  return findRepeatedKeys(connection, { ...stage, keys, keyNames: increment.keys, rows, span: increment.places["unique_key"] ?? stage.span });
}

/** Names and types, without reading a row. */
async function columnsOf(connection: Connection, relation: string): Promise<readonly ResultColumn[]> {
  return (await connection.query(`select * from ${relation} limit 0`)).columns;
}

function describeDifference(difference: ColumnDifference): string {
  return differenceLines(difference).join(", ");
}

/** A setting that names a column which the rows do not have. */
function findMissingColumn({ name, span }: Target, increment: Increment, rows: readonly ResultColumn[]): Diagnostic | undefined {
  const known = rows.map((row) => row.name);
  const has = new Set(known.map((column) => column.toLowerCase()));
  const { keySetting } = strategies[increment.strategy];
  const named = [
    ...increment.keys.map((column) => [keySetting ?? "unique_key", column] as const),
    ...(increment.updateColumns ?? []).map((column) => ["merge_update_columns", column] as const),
    ...increment.keepColumns.map((column) => ["merge_exclude_columns", column] as const),
  ];
  const missing = named.find(([, column]) => !has.has(column.toLowerCase()));
  if (!missing) return undefined;
  const [setting, column] = missing;
  const near = didYouMean(column, known);
  const help = near === undefined ? `its columns are ${listOf(known)}` : `did you mean "${near}"?`;
  return diagnose("RT0421", { node: name, setting, column }, { span: increment.places[setting] ?? span, help });
}

function findSchemaProblem(stage: Target, { onSchemaChange, places }: Increment, difference: ColumnDifference): Diagnostic | undefined {
  const place = { span: places["on_schema_change"] ?? stage.span };
  if (onSchemaChange === "fail" && isDifferent(difference)) {
    return diagnose("RT0420", { model: stage.name, difference: differenceLines(difference).join("\n") }, place);
  }
  if (onSchemaChange === "ignore" && difference.removed.length > 0) {
    return diagnose("RT0422", { model: stage.name, columns: listOf(difference.removed.map((column) => `"${column.name}"`)) }, place);
  }
  return undefined;
}

/** New values that do not fit the table's columns, because a column has another type by now. */
function explainConversion(error: unknown, stage: Target, { places }: Increment, { changed }: ColumnDifference): Diagnostic | undefined {
  if (changed.length === 0 || !(error instanceof StatementError) || error.error.kind !== "conversion") return undefined;
  const said = mapEngineError(error.error, error.sql, places["on_schema_change"] ?? stage.span, stage.privacy.pii.length > 0);
  const types = changed.map(({ name, from, to }) => `"${name}" is ${from.toLowerCase()} in the table and ${to.toLowerCase()} in the new rows`);
  const help = "run it with --full-refresh, or set on_schema_change to sync_all_columns (the column's type changes) or full_refresh (the table is made anew)";
  return { ...said, help, notes: [...(said.notes ?? []), ...types.map((message) => ({ message }))] };
}

/** Columns are changed before rows: the database cannot change a table in a transaction that has changed its rows. */
function alterStatements(table: string, { onSchemaChange }: Increment, { added, removed, changed }: ColumnDifference): readonly string[] {
  if (onSchemaChange !== "append_new_columns" && onSchemaChange !== "sync_all_columns") return [];
  const adding = added.map(({ name, type }) => `alter table ${table} add column ${quoteIdentifier(name)} ${type}`);
  if (onSchemaChange === "append_new_columns") return adding;
  return [
    ...adding,
    ...removed.map(({ name }) => `alter table ${table} drop column ${quoteIdentifier(name)}`),
    ...changed.map(({ name, to }) => `alter table ${table} alter column ${quoteIdentifier(name)} set data type ${to}`),
  ];
}

function alteration({ onSchemaChange }: Increment, difference: ColumnDifference): string {
  switch (onSchemaChange) {
    case "append_new_columns":
      return describeDifference({ ...difference, removed: [], changed: [] });
    case "sync_all_columns":
      return describeDifference(difference);
    default:
      return "";
  }
}
