/**
 * Brings a snapshot up to date: stages the rows as they are now, ends versions that are not in force any more and begins new
 * ones. Runs inside the transaction of its caller. History cannot be made again, so nothing is ever dropped here.
 */
import { stageRows } from "../compile/materializations/incremental/statements.ts";
import { stagedRows } from "../compile/materializations/incremental/strategy.ts";
import type { SnapshotSpec } from "../compile/materializations/snapshot.ts";
import * as statements from "../compile/materializations/snapshot-sql.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { mapSql } from "../core/mapped-text.ts";
import { listOf, quoteIdentifier, quoteLiteral } from "../core/names.ts";
import type { Span } from "../core/span.ts";
import type { SnapshotStage } from "../plan/plan.ts";
import type { Connection, ResultColumn } from "../ports/engine.ts";
import { compareColumns } from "./compare-columns.ts";
import { findRepeatedKeys } from "./repeated-keys.ts";
import { relationKey, type StageContext, type Written } from "./stage-context.ts";
import { execute, query } from "./statement.ts";

export async function writeSnapshot(connection: Connection, stage: SnapshotStage, context: StageContext): Promise<Written> {
  const { snapshot: spec } = stage;
  const failed = (...diagnostics: readonly Diagnostic[]): Written => ({ diagnostics });
  const existing = context.existing.get(relationKey(stage.relation));
  const table = existing === undefined ? undefined : await columnsOf(connection, stage.relation.sql);
  const unfit = existing === undefined ? undefined : findUnfit(stage, existing, table ?? []);
  if (unfit) return failed(unfit);
  await execute(connection, stageRows(spec));
  try {
    const rows = await columnsOf(connection, stagedRows);
    const wrong = findWrongColumns(stage, rows);
    if (wrong.length > 0) return failed(...wrong);
    const timeType = await readTimeType(connection, stage);
    if (typeof timeType !== "string") return failed(timeType);
    const repeated = await findRepeatedKeys(connection, { ...stage, ...spec, rows: stagedRows, span: spec.places["unique_key"] ?? stage.span });
    if (repeated) return failed(repeated);
    const shape: statements.SnapshotShape = {
      table: stage.relation.sql,
      columns: rows.map(({ name }) => name),
      timeType,
      now: `timestamp ${quoteLiteral(context.startedAt.replace("T", " ").replace("Z", ""))}`,
      marksDeleted: spec.hardDeletes === "new_record" || (table ?? []).some(({ name }) => isSame(name, spec.columns.isDeleted)),
    };
    if (!table) {
      await execute(connection, statements.createVersions(spec, shape));
      return { diagnostics: [] };
    }
    await alignTable(connection, spec, shape, table, rows);
    const kept = [...table, ...rows.filter((row) => !table.some((column) => isSame(column.name, row.name)))].map(({ name }) => name);
    return {
      message: await writeVersions(
        connection,
        spec,
        shape,
        kept.filter((column) => !isAdded(spec, column)),
      ),
      diagnostics: [],
    };
  } finally {
    const work = [stagedRows, statements.changedRows, statements.goneRows];
    await connection.execute(work.map((name) => `drop table if exists ${name}`).join("; ")).catch(() => undefined);
  }
}

async function columnsOf(connection: Connection, relation: string): Promise<readonly ResultColumn[]> {
  return (await connection.query(`select * from ${relation} limit 0`)).columns;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function isAdded(spec: SnapshotSpec, column: string): boolean {
  return Object.values(spec.columns).some((added: string) => isSame(added, column));
}

/** Why what stands in the warehouse cannot be this snapshot's history. */
function findUnfit({ name, span, relation, snapshot }: SnapshotStage, existing: "view" | "table", table: readonly ResultColumn[]): Diagnostic | undefined {
  const { validFrom, validTo, versionId, updatedAt } = snapshot.columns;
  const missing = [validFrom, validTo, versionId, updatedAt].filter((column) => !table.some((have) => isSame(have.name, column)));
  if (existing === "table" && missing.length === 0) return undefined;
  const problem = existing === "view" ? `${relation.sql} is a view` : `the table ${relation.sql} lacks ${listOf(missing)}`;
  return diagnose("RT0424", { snapshot: name, problem }, { span });
}

function findWrongColumns({ name, span, snapshot: spec }: SnapshotStage, rows: readonly ResultColumn[]): readonly Diagnostic[] {
  const known = rows.map((row) => row.name);
  const has = (column: string): boolean => known.some((other) => isSame(other, column));
  const taken = known.filter((column) => isAdded(spec, column));
  const place = (key: string): Span => spec.places[key] ?? span;
  const compared = spec.checkColumns === "all" ? [] : (spec.checkColumns ?? []);
  return [
    ...(taken.length > 0 ? [diagnose("RT0425", { snapshot: name, columns: listOf(taken) }, { span: place("snapshot_meta_column_names") })] : []),
    ...compared
      .filter((column) => !has(column))
      .map((column) => {
        const help = suggestion(column, known) ?? `its columns are ${listOf(known)}`;
        return diagnose("RT0421", { node: name, setting: "check_cols", column }, { span: place("check_cols"), help });
      }),
  ];
}

/** The type of the columns with times: that of updated_at, with a time of day in any case. */
async function readTimeType(connection: Connection, { name, span, snapshot }: SnapshotStage): Promise<string | Diagnostic> {
  const { updatedAt, places } = snapshot;
  if (!updatedAt) return "TIMESTAMP";
  const { columns } = await query(connection, mapSql(undefined)`select ${updatedAt} as time from ${stagedRows} limit 0`);
  const type = columns[0]?.type ?? "";
  if (type === "DATE") return "TIMESTAMP";
  if (/^TIMESTAMP/.test(type)) return type;
  return diagnose("RT0426", { snapshot: name, type: type.toLowerCase() }, { span: places["updated_at"] ?? span });
}

/** New columns are added and types widened, before any row is touched. Columns that are gone stay: they are history, too. */
async function alignTable(
  connection: Connection,
  spec: SnapshotSpec,
  { table, marksDeleted }: statements.SnapshotShape,
  before: readonly ResultColumn[],
  rows: readonly ResultColumn[],
): Promise<void> {
  const { isDeleted } = spec.columns;
  const { added, changed } = compareColumns(before, rows);
  for (const { name, type } of added) await execute(connection, `alter table ${table} add column ${quoteIdentifier(name)} ${type}`);
  if (marksDeleted && !before.some(({ name }) => isSame(name, isDeleted)))
    await execute(connection, `alter table ${table} add column ${quoteIdentifier(isDeleted)} varchar default 'False'`);
  for (const { name, from, to } of changed) {
    const common = (await connection.query(`select cast(null as ${from}) as type union all select cast(null as ${to}) limit 0`)).columns[0]?.type ?? to;
    if (common !== from) await execute(connection, `alter table ${table} alter column ${quoteIdentifier(name)} set data type ${common}`);
  }
}

async function writeVersions(connection: Connection, spec: SnapshotSpec, shape: statements.SnapshotShape, columns: readonly string[]): Promise<string> {
  const endsGone = spec.hardDeletes !== "ignore";
  await execute(connection, statements.stageChanges(spec, shape));
  if (endsGone) await execute(connection, statements.stageGone(spec, shape));
  await execute(connection, statements.endChanged(spec, shape));
  if (endsGone) await execute(connection, statements.endGone(spec, shape));
  await execute(connection, statements.beginChanged(spec, shape));
  if (spec.hardDeletes === "new_record") await execute(connection, statements.beginDeleted(spec, shape, columns));
  const { rows } = await connection.query(`select __retain_kind as kind, count(*) as n from ${statements.changedRows} group by all`);
  const counts = new Map(rows.map((row) => [String(row["kind"]), Number(row["n"])]));
  if (endsGone) counts.set("deleted", Number((await connection.query(`select count(*) as n from ${statements.goneRows}`)).rows[0]?.["n"] ?? 0));
  const parts = ["new", "changed", "back", "deleted"].flatMap((kind) =>
    (counts.get(kind) ?? 0) > 0 ? [`${counts.get(kind)?.toLocaleString("en-US")} ${kind}`] : [],
  );
  return parts.length > 0 ? parts.join(", ") : "nothing changed";
}
