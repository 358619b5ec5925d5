/**
 * What the state database remembers of exports, and must not lose: who is in an audience and by which identifiers, which
 * batches were sent, who was kept back, and the history. Primary keys are hashed; identifiers stand as they were sent,
 * which is hashed wherever the platform takes them so. Advertising and external IDs, which platforms take plain, are kept
 * plain: a removal repeats them.
 */
import { type Kysely, sql } from "kysely";
import type { StateDatabase, StateTables } from "../run/state/tables.ts";

/**
 * Identifiers by which a person is, or may be, in an audience because we sent them. Somebody whose identifiers change has
 * two rows until the old ones are removed.
 */
export interface ExportMemberRow {
  readonly target: string;
  readonly export_name: string;
  /** The destination, and the platform's id of the audience where the export declares one. */
  readonly audience: string;
  /** SHA-256 of the primary key as text. */
  readonly member_key: string;
  /** `KEY=cell`, one a line, as last sent. */
  readonly identifiers: string;
  /** What was sent beside them, such as a person's worth; it finds nobody. */
  readonly attributes: string | null;
  readonly first_sent_at: string;
  readonly sent_at: string;
  /** Whether they were surely there before they were last sent. */
  readonly was_there: boolean | null;
  /** The batch that they were last sent in; what became of it says whether they are there. */
  readonly batch_id: number | null;
}

/** A batch is planned before it is sent, so that whatever was under way when a process died is known to be uncertain. */
export interface ExportBatchRow {
  readonly batch_id: number;
  readonly target: string;
  readonly export_name: string;
  readonly audience: string;
  readonly run_id: string;
  /** remove | add | replace */
  readonly operation: string;
  readonly people: number;
  /** planned | accepted (the platform works on it) | done | refused | abandoned */
  readonly status: string;
  /** What to ask the platform by, as a JSON list. */
  readonly batch_references: string | null;
  readonly received: number | null;
  readonly invalid: number | null;
  readonly settled_at: string | null;
}

/** What is known of the audience on the platform. */
export interface ExportAudienceRow {
  readonly target: string;
  readonly export_name: string;
  readonly audience: string;
  readonly platform_id: string | null;
  /** The form of its first delivery, which some platforms keep for good. */
  readonly schema_kind: string;
  readonly begun_at: string;
}

/** The arm of the experiment that a person fell into; those who leave the audience keep theirs. */
export interface ExportAssignmentRow {
  readonly target: string;
  readonly export_name: string;
  readonly member_key: string;
  /** treatment | holdout */
  readonly arm: string;
  /** From 0 to 1, as the export declared it then. */
  readonly planned_treatment_share: number | null;
  readonly assigned_at: string;
}

export interface ExportRunRow {
  readonly run_id: string;
  readonly target: string;
  readonly export_name: string;
  readonly audience: string;
  readonly destination: string;
  readonly mode: string;
  /** running | delivered | unchanged | stopped | failed | interrupted */
  readonly status: string;
  readonly adds: number;
  readonly removes: number;
  readonly size_after: number;
  /** All counts of the plan as JSON. */
  readonly counts: string;
  /** What was really sent and answered, as JSON. */
  readonly sent: string | null;
  /** Guards that somebody overrode, with commas. */
  readonly forced: string | null;
  readonly message: string | null;
  readonly started_at: string;
  readonly completed_at: string;
}

/** That somebody was erased, and never who. */
export interface ExportErasureRow {
  readonly run_id: string;
  readonly target: string;
  readonly audiences: number;
  readonly erased_at: string;
}

type ExportTables = {
  readonly export_members: ExportMemberRow;
  readonly export_batches: ExportBatchRow;
  readonly export_audiences: ExportAudienceRow;
  readonly export_assignments: ExportAssignmentRow;
  readonly export_runs: ExportRunRow;
  readonly export_erasures: ExportErasureRow;
};

export type ExportLedger = Kysely<StateTables & ExportTables>;

/** No keys anywhere: an index over every person costs more than the rest of a run, and only sets of distinct rows are written. */
const tables = [
  "export_members (target varchar not null, export_name varchar not null, audience varchar, member_key varchar not null, identifiers varchar not null, attributes varchar, first_sent_at varchar not null, sent_at varchar not null, was_there boolean, batch_id bigint)",
  "export_batches (batch_id bigint not null, target varchar not null, export_name varchar not null, audience varchar not null, run_id varchar not null, operation varchar not null, people bigint not null, status varchar not null, batch_references varchar, received bigint, invalid bigint, settled_at varchar)",
  "export_audiences (target varchar not null, export_name varchar not null, audience varchar not null, platform_id varchar, schema_kind varchar not null, begun_at varchar not null)",
  "export_assignments (target varchar not null, export_name varchar not null, member_key varchar not null, arm varchar not null, planned_treatment_share double, assigned_at varchar not null)",
  "export_runs (run_id varchar not null, target varchar not null, export_name varchar not null, audience varchar, destination varchar not null, mode varchar not null, status varchar not null, adds bigint not null, removes bigint not null, size_after bigint not null, counts varchar not null, sent varchar, forced varchar, message varchar, started_at varchar not null, completed_at varchar not null)",
  "export_erasures (run_id varchar not null, target varchar not null, audiences bigint not null, erased_at varchar not null)",
];

/** What the first version's tables lack. */
const additions = [
  ["export_members", "audience varchar"],
  ["export_members", "attributes varchar"],
  ["export_members", "batch_id bigint"],
  ["export_members", "was_there boolean"],
  ["export_assignments", "planned_treatment_share double"],
  ["export_runs", "audience varchar"],
  ["export_runs", "sent varchar"],
  ["export_runs", "forced varchar"],
] as const;

/** The state database with the tables of exports, made where they are missing. */
export async function openLedger(db: StateDatabase): Promise<ExportLedger> {
  for (const table of tables) await sql.raw(`create table if not exists ${table}`).execute(db);
  for (const [table, column] of additions) await sql.raw(`alter table ${table} add column if not exists ${column}`).execute(db);
  await packLists(db);
  return db.withTables<ExportTables>();
}

/** The first version kept identifiers as a list. */
async function packLists(db: StateDatabase): Promise<void> {
  const { rows } = await sql<{ readonly data_type: string }>`select data_type from information_schema.columns
where table_name = 'export_members' and column_name = 'identifiers'`.execute(db);
  if (!rows[0]?.data_type.endsWith("[]")) return;
  await sql`alter table export_members alter identifiers type varchar using array_to_string(identifiers, chr(10))`.execute(db);
}
