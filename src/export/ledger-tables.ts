/**
 * What the state database remembers of exports, and must not lose: who is in an audience and by which identifiers, who was
 * kept back, and the history. Primary keys are hashed; identifiers stand as they were sent, which is hashed wherever the
 * platform takes them so. Advertising and external IDs, which platforms take plain, are kept plain: a removal repeats them.
 */
import { type Kysely, sql } from "kysely";
import type { StateDatabase, StateTables } from "../run/state/tables.ts";

/** A person who is in the audience because we sent it. */
export interface ExportMemberRow {
  readonly target: string;
  readonly export_name: string;
  /** SHA-256 of the primary key as text. */
  readonly member_key: string;
  /** `KEY=cell`, as last sent. */
  readonly identifiers: readonly string[];
  readonly first_sent_at: string;
  readonly sent_at: string;
}

/** The arm of the experiment that a person fell into; those who leave the audience keep theirs. */
export interface ExportAssignmentRow {
  readonly target: string;
  readonly export_name: string;
  readonly member_key: string;
  /** treatment | holdout */
  readonly arm: string;
  readonly assigned_at: string;
}

export interface ExportRunRow {
  readonly run_id: string;
  readonly target: string;
  readonly export_name: string;
  readonly destination: string;
  readonly mode: string;
  /** delivered | unchanged | stopped | failed */
  readonly status: string;
  readonly adds: number;
  readonly removes: number;
  readonly size_after: number;
  /** All counts of the plan as JSON. */
  readonly counts: string;
  readonly message: string | null;
  readonly started_at: string;
  readonly completed_at: string;
}

type ExportTables = {
  readonly export_members: ExportMemberRow;
  readonly export_assignments: ExportAssignmentRow;
  readonly export_runs: ExportRunRow;
};

export type ExportLedger = Kysely<StateTables & ExportTables>;

/** The state database with the tables of exports, made where they are missing. */
export async function openLedger(db: StateDatabase): Promise<ExportLedger> {
  // No keys on the first two: an index over every person costs more than the rest of a run, and only sets of distinct people are written.
  await db.schema
    .createTable("export_members")
    .ifNotExists()
    .addColumn("target", "varchar", (column) => column.notNull())
    .addColumn("export_name", "varchar", (column) => column.notNull())
    .addColumn("member_key", "varchar", (column) => column.notNull())
    .addColumn("identifiers", sql`varchar[]`, (column) => column.notNull())
    .addColumn("first_sent_at", "varchar", (column) => column.notNull())
    .addColumn("sent_at", "varchar", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("export_assignments")
    .ifNotExists()
    .addColumn("target", "varchar", (column) => column.notNull())
    .addColumn("export_name", "varchar", (column) => column.notNull())
    .addColumn("member_key", "varchar", (column) => column.notNull())
    .addColumn("arm", "varchar", (column) => column.notNull())
    .addColumn("assigned_at", "varchar", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("export_runs")
    .ifNotExists()
    .addColumn("run_id", "varchar", (column) => column.notNull())
    .addColumn("target", "varchar", (column) => column.notNull())
    .addColumn("export_name", "varchar", (column) => column.notNull())
    .addColumn("destination", "varchar", (column) => column.notNull())
    .addColumn("mode", "varchar", (column) => column.notNull())
    .addColumn("status", "varchar", (column) => column.notNull())
    .addColumn("adds", "bigint", (column) => column.notNull())
    .addColumn("removes", "bigint", (column) => column.notNull())
    .addColumn("size_after", "bigint", (column) => column.notNull())
    .addColumn("counts", "varchar", (column) => column.notNull())
    .addColumn("message", "varchar")
    .addColumn("started_at", "varchar", (column) => column.notNull())
    .addColumn("completed_at", "varchar", (column) => column.notNull())
    .execute();
  return db.withTables<ExportTables>();
}
