/**
 * A snapshot: each row is kept in versions, and a version is in force from its valid_from until its valid_to. Here is what
 * can be known of it before the run, and what its settings contradict; its statements stand in snapshot-sql.ts.
 */
import type { SnapshotConfig } from "../../config/schema.ts";
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { type MappedText, mapSql, originOfSpan } from "../../core/mapped-text.ts";
import type { Span } from "../../core/span.ts";
import type { Snapshot } from "../../parse/resource.ts";
import { columnOrExpression } from "../column-or-expression.ts";

/** The columns that a snapshot adds, by what they are for. */
export interface SnapshotColumns {
  readonly validFrom: string;
  readonly validTo: string;
  readonly versionId: string;
  readonly updatedAt: string;
  readonly isDeleted: string;
}

export interface SnapshotSpec {
  /** The query for the rows as they are now. */
  readonly rows: MappedText;
  readonly strategy: NonNullable<SnapshotConfig["strategy"]>;
  /** SQL over the columns of a row that tells which rows are the same. */
  readonly keys: readonly MappedText[];
  /** The same as it was written. */
  readonly keyNames: readonly string[];
  /** SQL for the time of a row's last change; `undefined` for the time of the run. */
  readonly updatedAt: MappedText | undefined;
  /** Columns to compare; `all`; `undefined` with the timestamp strategy. */
  readonly checkColumns: readonly string[] | "all" | undefined;
  readonly hardDeletes: NonNullable<SnapshotConfig["hard_deletes"]>;
  /** SQL for the end of versions that are in force; `undefined` for null. */
  readonly validToCurrent: MappedText | undefined;
  readonly columns: SnapshotColumns;
  readonly places: Readonly<Record<string, Span>>;
}

const pointedAt = ["unique_key", "updated_at", "check_cols", "snapshot_meta_column_names"] as const;

export function snapshotSpec(node: Snapshot, rows: MappedText): SnapshotSpec {
  const { config } = node;
  const written = (text: string, key: keyof SnapshotConfig): MappedText =>
    mapSql(originOfSpan(node.settingSpans[key] ?? node.span))`${columnOrExpression(text)}`;
  return {
    rows,
    strategy: config.strategy ?? "timestamp",
    keys: (config.unique_key ?? []).map((key) => written(key, "unique_key")),
    keyNames: config.unique_key ?? [],
    updatedAt: config.updated_at === undefined ? undefined : written(config.updated_at, "updated_at"),
    checkColumns: config.strategy === "check" ? config.check_cols : undefined,
    hardDeletes: hardDeletesOf(config),
    validToCurrent:
      config.dbt_valid_to_current === undefined
        ? undefined
        : mapSql(originOfSpan(node.settingSpans.dbt_valid_to_current ?? node.span))`(${config.dbt_valid_to_current})`,
    columns: snapshotColumns(config),
    places: Object.fromEntries(pointedAt.flatMap((key) => (node.settingSpans[key] ? [[key, node.settingSpans[key]]] : []))),
  };
}

export function snapshotColumns({ snapshot_meta_column_names: names }: SnapshotConfig): SnapshotColumns {
  return {
    validFrom: names?.dbt_valid_from ?? "dbt_valid_from",
    validTo: names?.dbt_valid_to ?? "dbt_valid_to",
    versionId: names?.dbt_scd_id ?? "dbt_scd_id",
    updatedAt: names?.dbt_updated_at ?? "dbt_updated_at",
    isDeleted: names?.dbt_is_deleted ?? "dbt_is_deleted",
  };
}

function hardDeletesOf(config: SnapshotConfig): SnapshotSpec["hardDeletes"] {
  return config.hard_deletes ?? (config.invalidate_hard_deletes ? "invalidate" : "ignore");
}

export function checkSnapshot(node: Snapshot): readonly Diagnostic[] {
  const { config, name } = node;
  const fail = (problem: string, key: keyof SnapshotConfig, help: string) =>
    diagnose("RT0322", { snapshot: name, problem }, { span: node.settingSpans[key] ?? node.span, help });
  const problems: Diagnostic[] = [];
  if (config.strategy === undefined) problems.push(fail("needs a strategy", "strategy", "set strategy: timestamp with updated_at, or strategy: check"));
  if (config.unique_key === undefined) problems.push(fail("needs a unique_key", "unique_key", "name the columns that tell which rows are the same"));
  if (config.strategy === "timestamp" && config.updated_at === undefined)
    problems.push(fail("with the strategy timestamp needs updated_at", "strategy", "name the column that says when a row changed, or use strategy: check"));
  if (config.strategy === "timestamp" && config.check_cols !== undefined && node.settingSpans.check_cols !== undefined)
    problems.push(fail("with the strategy timestamp takes no check_cols", "check_cols", "remove them, or use strategy: check"));
  if (config.strategy === "check" && config.check_cols === undefined)
    problems.push(fail("with the strategy check needs check_cols", "strategy", "list the columns to compare, or write check_cols: all"));
  if (config.hard_deletes !== undefined && config.invalidate_hard_deletes !== undefined)
    problems.push(fail("has hard_deletes and invalidate_hard_deletes", "invalidate_hard_deletes", "remove invalidate_hard_deletes, the older name"));
  const names = Object.values(config.snapshot_meta_column_names ?? {}).map((column) => String(column).toLowerCase());
  if (new Set(names).size < names.length) problems.push(fail("gives two of its columns one name", "snapshot_meta_column_names", "give each a name of its own"));
  return problems;
}
