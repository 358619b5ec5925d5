/**
 * The settings that say how a relation is built up over time: incremental models, files outside the warehouse, snapshots.
 * Names and meanings are dbt's where dbt has them. Only shapes; what does not go together is told when models are compiled.
 */
import { z } from "zod";

/** One name or a list of them; always a list afterwards. */
const nameList = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).transform((names) => (typeof names === "string" ? [names] : names));

export const incrementalStrategies = ["append", "delete+insert", "merge", "insert_overwrite", "replace_from", "microbatch"] as const;
export const schemaChangeReactions = ["ignore", "fail", "append_new_columns", "sync_all_columns", "full_refresh"] as const;

export const snapshotStrategies = ["timestamp", "check"] as const;
export const hardDeleteModes = ["ignore", "invalidate", "new_record"] as const;

/** The columns that a snapshot adds, by the names that dbt gives them. */
export const snapshotColumns = {
  dbt_valid_from: z.string().min(1).optional().describe("since when a version of a row holds"),
  dbt_valid_to: z.string().min(1).optional().describe("until when it held"),
  dbt_scd_id: z.string().min(1).optional().describe("the version's own key"),
  dbt_updated_at: z.string().min(1).optional().describe("when the row was changed, by its own account"),
  dbt_is_deleted: z.string().min(1).optional().describe("with hard_deletes: new_record, whether this version says that the row is gone"),
};

export const snapshotSettings = {
  strategy: z
    .enum(snapshotStrategies)
    .optional()
    .describe("how a change is seen: timestamp, by a column that says when the row changed, or check, by comparing columns"),
  unique_key: nameList.optional().describe("column, columns or expression that tell which rows are the same"),
  updated_at: z.string().min(1).optional().describe("column or expression with the time of the last change; the timestamp strategy needs it"),
  check_cols: z
    .union([z.literal("all"), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe("with the check strategy: columns to compare, or all"),
  hard_deletes: z
    .enum(hardDeleteModes)
    .optional()
    .describe("rows that are gone: ignore (default), invalidate (their version ends) or new_record (a version says that they are deleted)"),
  invalidate_hard_deletes: z.boolean().optional().describe("dbt's older name: true is the same as hard_deletes: invalidate"),
  dbt_valid_to_current: z.string().min(1).optional().describe("SQL for the end of versions that are in force; default: null"),
  snapshot_meta_column_names: z.strictObject(snapshotColumns).optional().describe("other names for the columns that a snapshot adds"),
};

export const fileFormats = ["parquet", "csv", "json"] as const;

export const externalSettings = {
  location: z.string().min(1).optional().describe("with external: the file to write, or with partition_by the folder; relative to the project"),
  format: z.enum(fileFormats).optional().describe("with external: parquet, csv or json; default: by the ending of the location"),
  options: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))]))
    .optional()
    .describe("with external: options of the writer, such as {compression: zstd} or {delimiter: ';'}"),
};

export const batchSizes = ["hour", "day", "month", "year"] as const;

export const eventTime = z
  .string()
  .min(1)
  .optional()
  .describe("column with the time of each row; a microbatch model that reads this node sees only the rows of its batch");

export const incrementalSettings = {
  incremental_strategy: z
    .enum(incrementalStrategies)
    .optional()
    .describe("how new rows get into the table; default: delete+insert where there is a unique_key, otherwise append"),
  unique_key: nameList
    .optional()
    .describe(
      "column or columns that tell which rows are the same; merge takes one new row a key, delete+insert any number of them (test for `unique` where there must be one)",
    ),
  incremental_predicates: nameList
    .optional()
    .describe("further conditions on the rows that may be replaced; dbt_internal_dest is the table, dbt_internal_source the new rows"),
  on_schema_change: z
    .enum(schemaChangeReactions)
    .optional()
    .describe("what to do when the new rows have other columns than the table: ignore (default), fail, append_new_columns, sync_all_columns or full_refresh"),
  merge_update_columns: nameList.optional().describe("with merge: the only columns that a match updates"),
  merge_exclude_columns: nameList.optional().describe("with merge: columns that a match leaves as they are"),
  partition_by: nameList
    .optional()
    .describe(
      "columns whose values make the partitions: of the table that insert_overwrite replaces parts of, or of external files; with replace_from one column, a day or a time",
    ),
  begin: z.string().min(1).optional().describe("with microbatch: when the first batch begins, such as 2026-01-01; times are in UTC"),
  batch_size: z.enum(batchSizes).optional().describe("with microbatch: hour, day, month or year"),
  lookback: z.number().int().min(0).optional().describe("with microbatch: how many finished batches are done again, for rows that come late; default: 1"),
  full_refresh: z.boolean().optional().describe("true: always built anew; false: never, not even with --full-refresh, --empty or --sample"),
};
