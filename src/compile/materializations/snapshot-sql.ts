/**
 * The statements of a snapshot. Rows as they are now are staged; what became of them is worked out against the versions in
 * force; then versions end and new ones begin. Times never run backwards: a version begins where the one before it ends.
 */
import { joinMapped, type MappedText, mapSql, plainText } from "../../core/mapped-text.ts";
import { quoteIdentifier as quote } from "../../core/names.ts";
import { stagedRows } from "./incremental/strategy.ts";
import type { SnapshotSpec } from "./snapshot.ts";

/** What is known only when the rows and the table are there. */
export interface SnapshotShape {
  readonly table: string;
  /** Columns of the query. */
  readonly columns: readonly string[];
  /** Type of the columns with times. */
  readonly timeType: string;
  /** The time of the run, as an SQL literal. */
  readonly now: string;
  /** Whether the table has a column that says that a row is deleted. */
  readonly marksDeleted: boolean;
}

/** Work tables of the connection, beside the staged rows. */
export const changedRows = quote("__retain_changes");
export const goneRows = quote("__retain_gone");

const sql = mapSql(undefined);
const keyName = (i: number): string => quote(`__retain_key_${i + 1}`);
const oldName = (i: number): string => quote(`__retain_old_${i + 1}`);

function keyColumns({ keys }: SnapshotSpec): MappedText {
  return joinMapped(
    keys.map((key, i) => sql`${key} as ${keyName(i)}`),
    ", ",
  );
}

/** A missing key is a key like any other. */
function sameKeys({ keys }: SnapshotSpec, a: string, b: string): string {
  return keys.map((_, i) => `${a}.${keyName(i)} is not distinct from ${b}.${keyName(i)}`).join(" and ");
}

function currentEnd({ validToCurrent }: SnapshotSpec, { timeType }: SnapshotShape): MappedText {
  return sql`cast(${validToCurrent ?? plainText("null")} as ${timeType})`;
}

function isInForce(spec: SnapshotSpec, shape: SnapshotShape, from = ""): MappedText {
  const end = `${from}${quote(spec.columns.validTo)}`;
  return spec.validToCurrent ? sql`(${end} is null or ${end} = ${currentEnd(spec, shape)})` : plainText(`${end} is null`);
}

/** A row that was never changed may have no time: it counts from when it was first seen. */
function timeOfChange({ updatedAt }: SnapshotSpec, { timeType, now }: SnapshotShape): MappedText {
  const run = `cast(${now} as ${timeType})`;
  return updatedAt ? sql`coalesce(cast(${updatedAt} as ${timeType}), ${run})` : plainText(run);
}

/** As dbt names versions: a hash of the keys and of the time at which the version began. */
function versionId({ keys }: SnapshotSpec, begin: string): string {
  return `md5(${[...keys.map((_, i) => keyName(i)), begin].map((part) => `coalesce(cast(${part} as varchar), '')`).join(" || '|' || ")})`;
}

/** The table with the first version of every row. */
export function createVersions(spec: SnapshotSpec, shape: SnapshotShape): MappedText {
  const { validFrom, validTo, versionId: id, updatedAt, isDeleted } = spec.columns;
  const begin = quote("__retain_time");
  return sql`create table ${shape.table} as
with rows_now as (
  select *, ${keyColumns(spec)}, ${timeOfChange(spec, shape)} as ${begin}
  from ${stagedRows}
)
select
  ${shape.columns.map(quote).join(", ")},
  ${versionId(spec, begin)} as ${quote(id)},
  ${begin} as ${quote(updatedAt)},
  ${begin} as ${quote(validFrom)},
  ${currentEnd(spec, shape)} as ${quote(validTo)}${shape.marksDeleted ? `,\n  'False' as ${quote(isDeleted)}` : ""}
from rows_now`;
}

/** Rows that get a new version, with when it begins and which version it ends. */
export function stageChanges(spec: SnapshotSpec, shape: SnapshotShape): MappedText {
  const { validFrom, validTo, versionId: id, updatedAt, isDeleted } = spec.columns;
  const compared = spec.checkColumns === "all" ? shape.columns : (spec.checkColumns ?? []);
  // Without a time of its own a row is not changed, however late it is.
  const stamp = spec.strategy === "timestamp" && spec.updatedAt ? sql`cast(${spec.updatedAt} as ${shape.timeType})` : plainText("null");
  const isChanged =
    spec.strategy === "timestamp"
      ? "rows_now.__retain_stamp > in_force.__retain_updated"
      : compared.map((column, i) => `rows_now.${quote(column)} is distinct from in_force.${oldName(i)}`).join("\n    or ");
  const run = `cast(${shape.now} as ${shape.timeType})`;
  const deleted = shape.marksDeleted ? `${quote(isDeleted)} = 'True'` : "false";
  const compareList = spec.strategy === "check" ? compared.map((column, i) => `, ${quote(column)} as ${oldName(i)}`).join("") : "";
  return sql`create or replace temp table ${changedRows} as
with rows_now as (
  select *, ${keyColumns(spec)}, ${timeOfChange(spec, shape)} as __retain_time, ${stamp} as __retain_stamp
  from ${stagedRows}
),
versions as (
  select
    ${keyColumns(spec)}, ${quote(id)} as __retain_id, ${quote(updatedAt)} as __retain_updated,
    ${quote(validFrom)} as __retain_from, ${quote(validTo)} as __retain_to,
    ${isInForce(spec, shape)} as __retain_in_force, ${deleted} as __retain_deleted${compareList}
  from ${shape.table}
),
in_force as (
  select * from versions where __retain_in_force
),
ended as (
  select ${spec.keys.map((_, i) => keyName(i)).join(", ")}, max(__retain_to) as __retain_end
  from versions
  where not __retain_in_force
  group by all
)
select
  rows_now.*,
  in_force.__retain_id as __retain_ends,
  case
    when in_force.__retain_in_force is null then
      case when ended.__retain_end > rows_now.__retain_time then greatest(${run}, ended.__retain_end) else rows_now.__retain_time end
    when rows_now.__retain_time > in_force.__retain_from then rows_now.__retain_time
    else greatest(${run}, in_force.__retain_from)
  end as __retain_begin,
  case
    when in_force.__retain_in_force is null then if(ended.__retain_end is null, 'new', 'back')
    when in_force.__retain_deleted then 'back'
    else 'changed'
  end as __retain_kind
from rows_now
left join in_force on ${sameKeys(spec, "rows_now", "in_force")}
left join ended on ${sameKeys(spec, "rows_now", "ended")}
where in_force.__retain_in_force is null
    or in_force.__retain_deleted
    or ${isChanged}`;
}

/** Versions in force whose row is not there any more. */
export function stageGone(spec: SnapshotSpec, shape: SnapshotShape): MappedText {
  const deleted = shape.marksDeleted ? ` and ${quote(spec.columns.isDeleted)} is distinct from 'True'` : "";
  return sql`create or replace temp table ${goneRows} as
with rows_now as (
  select ${keyColumns(spec)} from ${stagedRows}
),
in_force as (
  select *, ${keyColumns(spec)} from ${shape.table} where ${isInForce(spec, shape)}${deleted}
)
select
  *, greatest(cast(${shape.now} as ${shape.timeType}), ${quote(spec.columns.validFrom)}) as __retain_end
from in_force
where not exists (select 1 from rows_now where ${sameKeys(spec, "rows_now", "in_force")})`;
}

export function endChanged(spec: SnapshotSpec, shape: SnapshotShape): MappedText {
  return endVersions(spec, shape, changedRows, "__retain_ends", "__retain_begin");
}

export function endGone(spec: SnapshotSpec, shape: SnapshotShape): MappedText {
  return endVersions(spec, shape, goneRows, quote(spec.columns.versionId), "__retain_end");
}

function endVersions(spec: SnapshotSpec, shape: SnapshotShape, from: string, id: string, end: string): MappedText {
  return sql`update ${shape.table} as versions
set ${quote(spec.columns.validTo)} = ending.${end}
from ${from} as ending
where versions.${quote(spec.columns.versionId)} = ending.${id} and ${isInForce(spec, shape, "versions.")}`;
}

export function beginChanged(spec: SnapshotSpec, shape: SnapshotShape): MappedText {
  return beginVersions(spec, shape, changedRows, shape.columns, "__retain_begin", "__retain_time", "False");
}

/** `columns` are those of the table that a row has, without what a snapshot adds. */
export function beginDeleted(spec: SnapshotSpec, shape: SnapshotShape, columns: readonly string[]): MappedText {
  return beginVersions(spec, shape, goneRows, columns, "__retain_end", "__retain_end", "True");
}

function beginVersions(
  spec: SnapshotSpec,
  shape: SnapshotShape,
  from: string,
  columns: readonly string[],
  begin: string,
  updated: string,
  deleted: "True" | "False",
): MappedText {
  const { validFrom, validTo, versionId: id, updatedAt, isDeleted } = spec.columns;
  const list = columns.map(quote).join(", ");
  const added = [id, updatedAt, validFrom, validTo, ...(shape.marksDeleted ? [isDeleted] : [])].map(quote).join(", ");
  return sql`insert into ${shape.table} (${list}, ${added})
select
  ${list},
  ${versionId(spec, begin)}, ${updated}, ${begin}, ${currentEnd(spec, shape)}${shape.marksDeleted ? `, '${deleted}'` : ""}
from ${from}`;
}
