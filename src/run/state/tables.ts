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

export const createStateTables = `create table if not exists runs (
  invocation_id varchar not null, command varchar not null, target varchar not null, started_at varchar not null, completed_at varchar not null,
  status varchar not null
);
create table if not exists node_builds (
  target varchar not null, unique_id varchar not null, invocation_id varchar not null, status varchar not null, tested varchar not null,
  completed_at varchar not null, message varchar
);
create table if not exists fingerprints (
  target varchar not null, unique_id varchar not null, warehouse varchar not null, version varchar not null, parts varchar not null,
  untracked varchar
)`;

/** In the order of the tables. */
export const stateColumns = {
  node_builds: ["target", "unique_id", "invocation_id", "status", "tested", "completed_at", "message"],
  fingerprints: ["target", "unique_id", "warehouse", "version", "parts", "untracked"],
} as const satisfies { readonly [Table in "node_builds" | "fingerprints"]: readonly (keyof StateTables[Table])[] };
