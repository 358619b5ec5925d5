/**
 * What an export would do, and what it did, as plain data that is printed as text or JSON. It holds counts, names of
 * columns and shortened hashes; a value of a person has no place in it.
 */
import type { DeliveryMode } from "../ports/destination.ts";
import type { ChangeCount } from "./difference.ts";
import type { Reason } from "./difference-sql.ts";
import type { RejectReason } from "./identity/reject-reasons.ts";

/** Why somebody of the model is not exported, in the order in which it is asked: only the first reason counts. */
export const leftOutReasons = ["no_consent", "suppressed", "holdout", "no_identifier"] as const;

export type LeftOutReason = (typeof leftOutReasons)[number];

export interface RejectCount {
  /** The platform's word, such as PHONE. */
  readonly identifier: string;
  readonly reason: RejectReason;
  readonly people: number;
  /** Whether the data is at fault; an empty cell is nobody's fault. */
  readonly invalid: boolean;
}

export interface ExportCounts {
  /** Rows of the model: the sum of `eligible` and all of `leftOut`. */
  readonly people: number;
  /** People who may be in the audience and have an identifier that finds them. */
  readonly eligible: number;
  readonly leftOut: Readonly<Record<LeftOutReason, number>>;
  /** Identifiers that could not be used, of people who passed consent, suppression and holdout. */
  readonly rejects: readonly RejectCount[];
  /** People sent as additions, those with changed identifiers among them. */
  readonly adds: number;
  /** People sent as removals, with the identifiers of then; those with changed identifiers among them. */
  readonly removes: number;
  /** People who are removed with their old identifiers and added with their new ones. */
  readonly changed: number;
  /** People who stay and are sent again. */
  readonly refreshed: number;
  readonly unchanged: number;
  /** What all of these are made of, by operation and reason. */
  readonly changes: readonly ChangeCount[];
  readonly sizeBefore: number;
  readonly sizeAfter: number;
}

/** One person of the difference, without anything that says who it is. */
export interface SampledMember {
  readonly operation: "add" | "remove";
  readonly reason: Reason;
  /** The first digits of the hashed key. */
  readonly key: string;
  /** Which identifiers are sent. */
  readonly identifiers: readonly string[];
}

export const guardNames = [
  "allow_empty",
  "min_size",
  "max_remove_pct",
  "max_add_pct",
  "max_invalid_pct",
  "max_age",
  "audience_name",
  "lost_ledger",
  "lost_audience",
] as const;

export type GuardName = (typeof guardNames)[number];

export interface StoppedGuard {
  readonly guard: GuardName;
  /** The number that was found and the one that it broke, in the guard's unit, where it compares numbers. */
  readonly found?: number;
  readonly limit?: number;
  readonly problem: string;
  /** What to do, where it is not the same as for every guard. */
  readonly advice?: string;
}

/** What the platform says of the audience, or why it says nothing. */
export type PlatformView =
  | { readonly exists: boolean; readonly id?: string; readonly size?: { readonly least: number; readonly most: number }; readonly condition?: string }
  | { readonly problem: string };

export interface ExportPlan {
  readonly export: string;
  readonly audience: string;
  readonly model: string;
  readonly target: string;
  readonly mode: DeliveryMode;
  readonly destination: { readonly name: string; readonly type: string; readonly platform: string };
  readonly platform: PlatformView;
  /** Identifier keys in the order of the declaration. */
  readonly columns: readonly string[];
  readonly counts: ExportCounts;
  readonly sample: readonly SampledMember[];
  /** The guards that keep this plan from being carried out. */
  readonly stoppedBy: readonly StoppedGuard[];
  /** The guards that would, had nobody overridden them. */
  readonly forced: readonly StoppedGuard[];
  /** Whether there is something to deliver. */
  readonly delivers: boolean;
  /** How many batches that takes. */
  readonly batches: number;
}

export interface ReportedFile {
  /** Relative to the project where it is inside, with `/`. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly operation: "add" | "remove";
}

export type ExportStatus = "delivered" | "unchanged" | "stopped" | "failed" | "interrupted";

/** What went out, and what the platform answered to it. */
export interface SentCounts {
  readonly adds: number;
  readonly removes: number;
  /** Rows that the platform says it received, and those of them that it could not use; nothing where it does not say. */
  readonly received: number | undefined;
  readonly invalid: number | undefined;
  /** Batches that the platform still works on. */
  readonly pending: number;
}

export interface ExportReport {
  readonly runId: string;
  readonly status: ExportStatus;
  readonly plan: ExportPlan;
  readonly sent: SentCounts;
  readonly files: readonly ReportedFile[];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly completedAt: string;
}
