/** What a comparison of two projects or warehouses came to: plain values, from which text, JSON and Markdown are made. */
import type { ColumnDifference } from "../run/compare-columns.ts";

/**
 * What a change means for whoever reads the model: `breaking` takes something away that was there, `additive` only adds,
 * `compatible` leaves its columns as they are, `unknown` where they cannot be told.
 */
export type Impact = "breaking" | "additive" | "compatible" | "unknown";

export type ModelStatus = "added" | "removed" | "changed" | "same";

export interface CellChange {
  readonly column: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** A row, by its key where there is one, with personal data masked. */
export interface SampleRow {
  readonly kind: "added" | "removed" | "changed";
  /** The key; of rows without one all compared columns. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly cells: readonly CellChange[];
  /** How often the row stands more on one side; only without a key. */
  readonly times: number;
}

export interface RowDifference {
  readonly before: number;
  readonly after: number;
  readonly added: number;
  readonly removed: number;
  /** Rows with the same key and other values; without a key such a row counts as removed and added. */
  readonly changed: number;
  readonly key: { readonly columns: readonly string[]; readonly origin: string } | undefined;
  /** Why rows are compared as a whole, without a key. */
  readonly noKey: string | undefined;
  /** Changed rows by column; only columns that have any. */
  readonly columns: readonly { readonly name: string; readonly changed: number }[];
  readonly samples: readonly SampleRow[];
  /** Whether any value of the samples is masked. */
  readonly isMasked: boolean;
}

export interface ModelDiff {
  readonly id: string;
  readonly name: string;
  readonly kind: "model" | "seed" | "snapshot";
  readonly materialized: string;
  readonly file: string;
  readonly status: ModelStatus;
  readonly impact: Impact;
  /** What of its declaration is another: `SQL`, `materialized`, … */
  readonly reasons: readonly string[];
  /** `undefined` where the columns of one side are not known. */
  readonly columns: ColumnDifference | undefined;
  /** Number of columns of a model that only one side has. */
  readonly width: number | undefined;
  /** `undefined` where rows were not compared. */
  readonly rows: RowDifference | undefined;
  /** Why they could not be. */
  readonly problem: string | undefined;
  /** How many models read it, through others too, and the exports and exposures below it. */
  readonly readers: { readonly models: number; readonly uses: readonly string[] };
}

export interface DiffReport {
  readonly before: string;
  readonly after: string;
  /** Those that differ, in the order of the graph; what was removed stands last. */
  readonly models: readonly ModelDiff[];
  /** How many of those that were compared do not differ. */
  readonly same: number;
  /** What was not compared, and why. */
  readonly notes: readonly string[];
}

export function hasRowChanges(rows: RowDifference | undefined): boolean {
  return rows !== undefined && rows.added + rows.removed + rows.changed > 0;
}

export function countImpact({ models }: DiffReport, impact: Impact): number {
  return models.filter((model) => model.impact === impact).length;
}

/** `2 added, 1 removed, 3 changed (1 breaking)`; statuses that nothing has are left out. */
export function countsText(report: DiffReport): string {
  const count = (status: ModelStatus) => report.models.filter((model) => model.status === status).length;
  const breaking = countImpact(report, "breaking");
  const counts = (["added", "removed", "changed"] as const).flatMap((status) => (count(status) > 0 ? [`${count(status)} ${status}`] : []));
  const same = report.same > 0 ? [`${report.same.toLocaleString("en-US")} the same`] : [];
  if (counts.length === 0) return report.same > 0 ? `no difference in ${report.same.toLocaleString("en-US")} compared` : "nothing was compared";
  return `${counts.join(", ")}${breaking > 0 ? ` (${breaking} breaking)` : ""}${same.length > 0 ? `; ${same[0]}` : ""}`;
}
