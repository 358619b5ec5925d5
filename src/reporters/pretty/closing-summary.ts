/** What stands at the very end: the verdict, what did not succeed by name, and what to do next. Writes nothing. */
import type { Diagnostic } from "../../core/diagnostic.ts";
import { groupBy } from "../../core/group-by.ts";
import type { SourceLookup } from "../../core/span.ts";
import { isFailure, type NodeResult, type RunResult } from "../../ports/run-event.ts";
import { displayWidth, padEndTo, printable } from "../display-width.ts";
import { formatCount } from "../numbers.ts";
import type { Paint } from "../paint.ts";
import { formatPlace, placeOf } from "../place.ts";
import { describeNodes, headline, isInterruption, statusLabel, statusStyle, verdictOf } from "../run-summary.ts";

const mostListed = 20;
const mostSelected = 5;

export function closingSummary(result: RunResult, raised: readonly Diagnostic[], sources: SourceLookup, paint: Paint): string {
  const lists = [...troubleLines(result.results, sources, paint), ...skipLines(result.results, paint)];
  const next = nextStep(result, raised);
  const sections = [[headline(result, raised, paint)], lists, next === undefined ? [] : [`${paint("Next:", "bold")} ${next}`]];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function troubleLines(results: readonly NodeResult[], sources: SourceLookup, paint: Paint): readonly string[] {
  const trouble = results.filter(({ status }) => isFailure(status));
  const shown = trouble.slice(0, mostListed);
  const nameWidth = Math.min(44, Math.max(0, ...shown.map(({ title }) => displayWidth(printable(title)))));
  const lines = shown.map((node) => {
    const span = node.diagnostics.find((diagnostic) => diagnostic.span && !isInterruption(diagnostic))?.span;
    const where = span ? formatPlace(placeOf(span, sources)) : (node.message?.split("\n", 1)[0] ?? "");
    return `  ${paint(statusLabel[node.status].padEnd(5), statusStyle[node.status])} ${padEndTo(printable(node.title), nameWidth)}  ${paint(printable(where), "dim")}`.trimEnd();
  });
  return trouble.length > shown.length ? [...lines, `        and ${formatCount(trouble.length - shown.length)} more`] : lines;
}

function skipLines(results: readonly NodeResult[], paint: Paint): readonly string[] {
  const failed = new Set(results.filter(({ status }) => status === "error" || status === "partial success").map(({ uniqueId }) => uniqueId));
  const skipped = results.filter(({ status, stageId }) => status === "skipped" && !failed.has(stageId));
  return [...groupBy(skipped, ({ message }) => message)].map(([reason, nodes]) => skipLine(nodes, reason, mostListed, paint));
}

/** Skipped nodes that share a reason, on one line. */
export function skipLine(nodes: readonly NodeResult[], reason: string | undefined, most: number, paint: Paint): string {
  const why = reason === undefined ? "" : `: ${reason}`;
  return `  ${paint(statusLabel.skipped.padEnd(5), "bold", statusStyle.skipped)} ${printable(`${describeNodes(nodes, most)}${why}`)}`;
}

/** Nodes that were left as they are, on one line. */
export function reusedLine(nodes: readonly NodeResult[], most: number, paint: Paint): string {
  return `  ${paint(statusLabel.reused, "bold", statusStyle.reused)} ${printable(describeNodes(nodes, most))}`;
}

function nextStep(result: RunResult, raised: readonly Diagnostic[]): string | undefined {
  const verdict = verdictOf(result, raised);
  if (verdict === "succeeded") return undefined;
  if (verdict === "interrupted") return `what is published stays; \`retain ${result.command}\` starts again.`;
  const code = [...result.results.flatMap(({ diagnostics }) => diagnostics), ...raised].find(({ severity }) => severity === "error")?.code;
  const explain = code === undefined ? "" : ` (\`retain explain ${code}\` says more)`;
  const criteria = criteriaOf(result);
  const select = criteria.length === 0 ? "" : ` with --select ${criteria.length === 1 ? criteria[0] : `"${criteria.join(" ")}"`} to do only what is left`;
  return `mend what is marked above${explain}, then run it again${select}.`;
}

/** What to select to try the failed nodes and all that waits for them; empty when that cannot be said in a few words. */
function criteriaOf({ command, results }: RunResult): readonly string[] {
  const stages = new Map(results.map((node) => [node.uniqueId, node]));
  const failed = new Set(results.filter(({ status }) => isFailure(status)).map(({ stageId }) => stageId));
  const criteria = [...failed].map((stageId) => {
    const stage = stages.get(stageId);
    // What a run begins or ends with cannot be selected.
    if (stage?.kind === "operation") return undefined;
    // A test of its own may hold back models that its name does not lead to.
    if (stage?.kind === "test") return command === "test" ? stage.name : undefined;
    return stage && `${stage.name}+`;
  });
  if (criteria.length > mostSelected || criteria.includes(undefined)) return [];
  return criteria.filter((criterion) => criterion !== undefined);
}
