/** What an incremental strategy is: how rows that are staged get into a table that is there. Pure; statements are data. */
import type { ModelConfig } from "../../../config/schema.ts";
import type { MappedText } from "../../../core/mapped-text.ts";
import { quoteIdentifier } from "../../../core/names.ts";
import type { Span } from "../../../core/span.ts";

export type StrategyName = NonNullable<ModelConfig["incremental_strategy"]>;

export type SchemaChangeReaction = NonNullable<ModelConfig["on_schema_change"]>;

/** How an incremental model adds to its table: everything that can be known before the run. */
export interface Increment {
  readonly strategy: StrategyName;
  /** The query for the new rows: the model with `is_incremental` true. */
  readonly rows: MappedText;
  readonly onSchemaChange: SchemaChangeReaction;
  /** Columns that tell which rows of the table the new ones replace. */
  readonly keys: readonly string[];
  readonly predicates: readonly MappedText[];
  /** With merge: the only columns that a match updates; `undefined` for all. */
  readonly updateColumns: readonly string[] | undefined;
  /** With merge: columns that a match leaves alone. */
  readonly keepColumns: readonly string[];
  /** Where settings stand, by their names; those that a folder makes are not among them. */
  readonly places: Readonly<Record<string, Span>>;
}

export interface IncrementalStrategy {
  readonly description: string;
  /** The setting that names its keys, if it has any. */
  readonly keySetting: "unique_key" | "partition_by" | undefined;
  /** Settings that mean something to it, besides those that mean something to all. */
  readonly settings: readonly (keyof ModelConfig)[];
  /** Whether each key may stand only once among the new rows. */
  readonly needsUniqueRows: boolean;
  /** `columns` are those to write, in the order of the new rows; the table has them all. */
  readonly statements: (increment: Increment, table: string, columns: readonly string[] | undefined) => readonly MappedText[];
}

/** The new rows, while they are brought into the table: a temporary table of the connection. */
export const stagedRows = quoteIdentifier("__retain_rows");
/** Names that conditions may use for the table and for the new rows: dbt's. */
export const tableAlias = "dbt_internal_dest";
export const rowsAlias = "dbt_internal_source";
