/** The lines that one finished node leaves on the screen: its status, its failing rows and its diagnostics. Writes nothing. */
import { plural } from "../../core/names.ts";
import type { SourceLookup } from "../../core/span.ts";
import type { NodeResult } from "../../ports/run-event.ts";
import { renderDiagnostic } from "../diagnostic-text.ts";
import { displayWidth, padEndTo, padStartTo, printable } from "../display-width.ts";
import { formatSeconds } from "../numbers.ts";
import type { Paint } from "../paint.ts";
import { rowsTable } from "../rows-table.ts";
import { describeCounts, isInterruption, statusLabel, statusStyle } from "../run-summary.ts";

export interface BlockStyle {
  readonly paint: Paint;
  readonly color: boolean;
  readonly sources: SourceLookup;
  /** Columns of the terminal, or of a good page where there is none. */
  readonly width: number;
}

const indent = " ".repeat(8);
/** Columns for status and seconds, and what a note needs to be readable beside them. */
const besideName = 46;

/** `tests` are the results of the tests that belong to the node. */
export function resultBlock(result: NodeResult, tests: readonly NodeResult[], style: BlockStyle): string {
  const details = [...rowLines(result, style), ...diagnosticLines(result, style)];
  // A blank line keeps what belongs together apart from what comes next.
  return [statusLine(result, tests, style), ...details, ...(details.length > 0 ? [""] : [])].join("\n");
}

function statusLine(result: NodeResult, tests: readonly NodeResult[], { paint, width }: BlockStyle): string {
  const label = paint(statusLabel[result.status].padEnd(5), "bold", statusStyle[result.status]);
  const nameWidth = Math.min(44, Math.max(16, width - besideName));
  const note = noteOf(result, tests);
  const seconds = formatSeconds(result.seconds);
  const name = padEndTo(nodeName(result.materialized, result.title), nameWidth + 7);
  // A name beyond its column takes its blanks from the seconds, so that most lines stay aligned.
  const room = Math.max(seconds.length, 8 - Math.max(0, displayWidth(name) - nameWidth - 7));
  return `  ${label} ${name} ${paint(padStartTo(seconds, room), "dim")}${note === "" ? "" : `  ${note}`}`.trimEnd();
}

/** Words that would not fit their column. */
const shortened: Readonly<Record<string, string>> = { incremental: "incr", snapshot: "snap", external: "files", javascript: "js", operation: "op" };

/** `table  rfm_scores` */
export function nodeName(materialized: string, title: string): string {
  return `${(shortened[materialized] ?? materialized).padEnd(5)}  ${printable(title)}`;
}

function noteOf(result: NodeResult, tests: readonly NodeResult[]): string {
  const isOk = result.status === "success" || result.status === "pass";
  // The diagnostic below says the same with more room.
  const isSaidBelow = result.diagnostics.some((diagnostic) => diagnostic.message === result.message && !isInterruption(diagnostic));
  const message = result.message === undefined || isSaidBelow ? "" : printable(result.message.split("\n", 1)[0] ?? "");
  const why = result.reason === undefined ? "" : ` (${printable(result.reason)})`;
  if (!isOk || tests.length === 0) return `${message}${why}`.trimStart();
  const notPassed = tests.filter(({ status }) => status !== "pass");
  const tested = `${plural(tests.length, "test")}${notPassed.length > 0 ? `: ${describeCounts(notPassed.map(({ status }) => status))}` : ""}`;
  return `${message === "" ? tested : `${message}, ${tested}`}${why}`;
}

function rowLines({ failingRows }: NodeResult, { paint, width }: BlockStyle): readonly string[] {
  if (!failingRows) return [];
  const [head, ...rows] = rowsTable(failingRows.columns, failingRows.sample, Math.max(20, width - indent.length - 1), failingRows.marks);
  const lines = head === undefined ? [] : [paint(head, "dim"), ...rows];
  if (failingRows.keptIn !== undefined) lines.push(`${paint("all rows:", "dim")} ${printable(failingRows.keptIn)}`);
  if (failingRows.storedAs !== undefined) lines.push(`${paint("stored as:", "dim")} ${printable(failingRows.storedAs)}`);
  return lines.map((line) => `${indent}${line}`);
}

function diagnosticLines({ diagnostics }: NodeResult, { color, sources, width }: BlockStyle): readonly string[] {
  return diagnostics.filter((diagnostic) => !isInterruption(diagnostic)).map((diagnostic) => renderDiagnostic(diagnostic, { sources, color, width }));
}
