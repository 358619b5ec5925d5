/**
 * The tables of the state database, which outlives the warehouse. Times are ISO 8601 in UTC. No keys are declared: an index
 * that cannot be written on a full disk takes the whole process down, and rows are replaced by delete and insert anyway.
 */
import type { Kysely } from "kysely";

export interface RunRow {
  readonly invocation_id: string;
  readonly command: string;
  readonly target: string;
  readonly started_at: string;
  readonly completed_at: string;
  readonly status: string;
}

/** What is known of a node's relation in a target: its last build, and whether its tests passed on what is published. */
export interface NodeBuildRow {
  readonly target: string;
  readonly unique_id: string;
  readonly invocation_id: string;
  /** success | error | skipped */
  readonly status: string;
  /** pass | fail | untested */
  readonly tested: string;
  readonly completed_at: string;
  readonly message: string | null;
}

/** What the last good build of a node was made of, and the tests that passed on what is published. */
export interface FingerprintRow {
  readonly target: string;
  readonly unique_id: string;
  /** Path of the warehouse, seen from the project. */
  readonly warehouse: string;
  readonly version: string;
  /** Hash by part, as JSON. */
  readonly parts: string;
  readonly untracked: string | null;
}

export interface StateTables {
  readonly runs: RunRow;
  readonly node_builds: NodeBuildRow;
  readonly fingerprints: FingerprintRow;
}

export type StateDatabase = Kysely<StateTables>;

export async function createStateTables(db: StateDatabase): Promise<void> {
  await db.schema
    .createTable("runs")
    .ifNotExists()
    .addColumn("invocation_id", "varchar", (column) => column.notNull())
    .addColumn("command", "varchar", (column) => column.notNull())
    .addColumn("target", "varchar", (column) => column.notNull())
    .addColumn("started_at", "varchar", (column) => column.notNull())
    .addColumn("completed_at", "varchar", (column) => column.notNull())
    .addColumn("status", "varchar", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("node_builds")
    .ifNotExists()
    .addColumn("target", "varchar", (column) => column.notNull())
    .addColumn("unique_id", "varchar", (column) => column.notNull())
    .addColumn("invocation_id", "varchar", (column) => column.notNull())
    .addColumn("status", "varchar", (column) => column.notNull())
    .addColumn("tested", "varchar", (column) => column.notNull())
    .addColumn("completed_at", "varchar", (column) => column.notNull())
    .addColumn("message", "varchar")
    .execute();
  await db.schema
    .createTable("fingerprints")
    .ifNotExists()
    .addColumn("target", "varchar", (column) => column.notNull())
    .addColumn("unique_id", "varchar", (column) => column.notNull())
    .addColumn("warehouse", "varchar", (column) => column.notNull())
    .addColumn("version", "varchar", (column) => column.notNull())
    .addColumn("parts", "varchar", (column) => column.notNull())
    .addColumn("untracked", "varchar")
    .execute();
}
