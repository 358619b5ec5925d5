/** What a run says while it goes on: one stream of plain values that feeds every reporter. */
import type { Diagnostic } from "../core/diagnostic.ts";

/** `reused`: left as it was, because nothing that it is made of has changed. */
export type ResultStatus = "success" | "error" | "pass" | "warn" | "fail" | "skipped" | "partial success" | "reused";

/** Whether what comes after must not go on. With `partial success` some batches of a node are done and some are not. */
export function isFailure(status: ResultStatus): boolean {
  return status === "error" || status === "fail" || status === "partial success";
}

/** Failing rows of a test, with personal data masked. */
export interface FailingRows {
  readonly columns: readonly string[];
  /** At most five; of a unit test, rows that are expected and rows that came instead, as the first column says. */
  readonly sample: readonly (readonly unknown[])[];
  /** For each row of the sample the columns, by position, that are not as expected. */
  readonly marks?: readonly (readonly number[])[];
  /** Path relative to the project where all of them are kept. */
  readonly keptIn: string | undefined;
  /** Relation in the warehouse, with store_failures. */
  readonly storedAs: string | undefined;
}

export interface BatchResults {
  readonly successful: readonly (readonly [start: string, end: string])[];
  readonly failed: readonly (readonly [start: string, end: string])[];
}

/** What became of one node. */
export interface NodeResult {
  readonly uniqueId: string;
  readonly name: string;
  /** The name as people read it. */
  readonly title: string;
  /** An operation is no node: it runs before or after them. */
  readonly kind: "model" | "seed" | "snapshot" | "test" | "operation";
  /** `view`, `table` and other materializations, `seed`, `snapshot`, `test` or `unit`. */
  readonly materialized: string;
  readonly status: ResultStatus;
  readonly message: string | undefined;
  /** With --explain-changed: why it was not left as it was. */
  readonly reason?: string | undefined;
  /** Number of failing rows of a test, by its fail_calc. */
  readonly failures: number | undefined;
  readonly failingRows: FailingRows | undefined;
  readonly relationName: string | undefined;
  /** Windows of time (ISO 8601, UTC; the end is not part of it) of a node that is made in batches. */
  readonly batches?: BatchResults | undefined;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly completedAt: string;
  readonly seconds: number;
  readonly thread: number;
  readonly diagnostics: readonly Diagnostic[];
  /** The stage that this node belongs to: a model's tests belong to the model. */
  readonly stageId: string;
  /** Name of the node that a test is declared on, whether or not that node takes part in the run. */
  readonly owner?: string | undefined;
}

export interface RunStarted {
  readonly type: "run_started";
  readonly invocationId: string;
  readonly command: string;
  readonly projectName: string;
  readonly targetName: string;
  readonly startedAt: string;
  readonly threads: number;
  readonly counts: {
    readonly models: number;
    readonly seeds: number;
    readonly snapshots: number;
    /** Data tests and unit tests. */
    readonly tests: number;
  };
  /** How many node_finished events there will be. */
  readonly total: number;
}

export interface NodeStarted {
  readonly type: "node_started";
  readonly uniqueId: string;
  readonly title: string;
  readonly kind: NodeResult["kind"];
  readonly materialized: string;
  readonly startedAt: string;
}

/** The tests of a model come before the model itself, which is published only when they have passed. */
export interface NodeFinished {
  readonly type: "node_finished";
  readonly result: NodeResult;
}

export interface DiagnosticRaised {
  readonly type: "diagnostic";
  readonly diagnostic: Diagnostic;
}

export interface RunFinished {
  readonly type: "run_finished";
  readonly result: RunResult;
}

export type RunEvent = RunStarted | NodeStarted | NodeFinished | DiagnosticRaised | RunFinished;

export interface RunResult {
  readonly invocationId: string;
  readonly command: string;
  readonly targetName: string;
  readonly startedAt: string;
  readonly completedAt: string;
  readonly seconds: number;
  readonly results: readonly NodeResult[];
  readonly interrupted: boolean;
}
