/**
 * The run as a page of Markdown, for the summary that GitHub shows beneath a workflow: the verdict, what did not succeed and
 * where, the failing rows folded away, and what was skipped. Returns text; it writes nothing.
 */
import type { Diagnostic } from "../../core/diagnostic.ts";
import { groupBy } from "../../core/group-by.ts";
import type { SourceLookup, Span } from "../../core/span.ts";
import { isFailure, type NodeResult, type RunResult } from "../../ports/run-event.ts";
import { printable } from "../display-width.ts";
import { markdownCell, markdownCode, markdownTable, markdownText } from "../markdown.ts";
import { formatCount } from "../numbers.ts";
import { createPaint } from "../paint.ts";
import { formatPlace, placeOf } from "../place.ts";
import { describeNodes, headline, isInterruption, statusLabel } from "../run-summary.ts";

/** GitHub takes 1 MiB a step; a page that long helps nobody. */
const mostProblems = 50;
const mostSkipped = 20;

export function stepSummary(result: RunResult, raised: readonly Diagnostic[], projectName: string, sources: SourceLookup): string {
  const problems = result.results.filter((node) => isFailure(node.status) || node.status === "warn");
  const sections = [
    [`### ${markdownText(projectName)} (${markdownText(result.targetName)})`],
    [markdownText(headline(result, raised, createPaint(false)))],
    problemTable(problems, raised, sources),
    ...problems.slice(0, mostProblems).map(rowsSection),
    skippedLines(result.results),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function problemTable(problems: readonly NodeResult[], raised: readonly Diagnostic[], sources: SourceLookup): readonly string[] {
  const ofRun = raised
    .filter(({ severity }) => severity !== "info")
    .map((d) => [d.severity === "warning" ? "warn" : "error", "", markdownText(d.message), placeCell(d.span, sources)]);
  const ofNodes = problems.map((node) => {
    const diagnostic = node.diagnostics.find((d) => d.span && d.severity !== "info" && !isInterruption(d));
    return [statusLabel[node.status], markdownText(node.title), markdownText(node.message ?? diagnostic?.message ?? ""), placeCell(diagnostic?.span, sources)];
  });
  const rows = [...ofRun, ...ofNodes];
  if (rows.length === 0) return [];
  const lines = markdownTable([{ name: "Result" }, { name: "Node" }, { name: "What happened" }, { name: "Place" }], rows.slice(0, mostProblems));
  return rows.length > mostProblems ? [...lines, "", `and ${formatCount(rows.length - mostProblems)} more`] : lines;
}

function placeCell(span: Span | undefined, sources: SourceLookup): string {
  return span ? markdownCode(formatPlace(placeOf(span, sources))) : "";
}

function rowsSection({ title, message, failingRows }: NodeResult): readonly string[] {
  if (!failingRows || failingRows.sample.length === 0) return [];
  const rows = failingRows.sample.map((row) => row.map(markdownCell));
  const table = markdownTable(
    failingRows.columns.map((name) => ({ name })),
    rows,
  );
  const kept = failingRows.keptIn === undefined ? [] : ["", `All rows: ${markdownCode(failingRows.keptIn)}`];
  // Inside HTML, Markdown is read only between blank lines.
  const summary = printable(`${title}${message === undefined ? "" : `: ${message}`}`);
  return [`<details><summary>${escapeHtml(summary)}</summary>`, "", ...table, ...kept, "", "</details>"];
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function skippedLines(results: readonly NodeResult[]): readonly string[] {
  const skipped = results.filter(({ status }) => status === "skipped");
  return [...groupBy(skipped, ({ message }) => message)].map(
    ([reason, nodes]) => `- skipped: ${markdownText(describeNodes(nodes, mostSkipped))}${reason === undefined ? "" : `, because ${markdownText(reason)}`}`,
  );
}
