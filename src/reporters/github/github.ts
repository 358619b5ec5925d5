/**
 * For GitHub Actions: the nodes in a group that folds away, a mark at the place of each problem in the changed files, its
 * failing rows in a group beside it, and a page for the step's summary. Everything goes to stdout, in order.
 */
import type { Diagnostic } from "../../core/diagnostic.ts";
import type { ReporterFactory, ReporterOptions } from "../../ports/reporter.ts";
import { isFailure, type NodeResult, type RunResult, type RunStarted } from "../../ports/run-event.ts";
import { printable } from "../display-width.ts";
import { formatSeconds } from "../numbers.ts";
import { createPaint } from "../paint.ts";
import { startLine } from "../pretty/start-line.ts";
import { rowsTable } from "../rows-table.ts";
import { headline, isInterruption, statusLabel } from "../run-summary.ts";
import { stepSummary } from "./step-summary.ts";
import { actAgain, annotation, closeGroup, openGroup, stopActing } from "./workflow-commands.ts";

const plain = createPaint(false);
const widest = 160;

export const github: ReporterFactory = {
  description: "GitHub Actions: marks in changed files, groups, a step summary",
  isForPrograms: false,
  create: (options) => {
    let begun: RunStarted | undefined;
    const raised: Diagnostic[] = [];
    const write = (...lines: readonly string[]): void => {
      for (const line of lines) options.stdout.write(`${line}\n`);
    };
    return {
      onEvent: (event) => {
        switch (event.type) {
          case "run_started":
            begun = event;
            write(openGroup(startLine(event, plain)), stopActing(event.invocationId));
            break;
          case "node_started":
            break;
          case "node_finished":
            if (!options.quiet || isTrouble(event.result)) write(nodeLine(event.result));
            break;
          case "diagnostic":
            raised.push(event.diagnostic);
            break;
          case "run_finished":
            if (begun) write(actAgain(begun.invocationId), closeGroup());
            write(...problemLines(event.result, raised, options), headline(event.result, raised, plain));
            options.summary?.write(stepSummary(event.result, raised, begun?.projectName ?? "", options.sources));
            break;
        }
      },
    };
  },
};

function isTrouble({ status }: NodeResult): boolean {
  return isFailure(status);
}

function nodeLine({ status, materialized, title, seconds, message }: NodeResult): string {
  const note = message === undefined ? "" : `  ${printable(message.split("\n", 1)[0] ?? "")}`;
  return `${statusLabel[status].padEnd(5)} ${materialized.padEnd(5)}  ${printable(title)}  ${formatSeconds(seconds)}${note}`;
}

/** GitHub shows the first ten errors and ten warnings of a step, so errors come first. */
function problemLines(result: RunResult, raised: readonly Diagnostic[], options: ReporterOptions): readonly string[] {
  const { sources, pathPrefix = "", quiet } = options;
  const marks = (diagnostics: readonly Diagnostic[], severity: Diagnostic["severity"]) =>
    diagnostics.filter((d) => d.severity === severity && !isInterruption(d)).map((d) => annotation(d, { sources, pathPrefix }));
  const ofSeverity = (severity: Diagnostic["severity"]) => [
    ...marks(raised, severity),
    ...result.results.flatMap((node) => {
      const lines = marks(node.diagnostics, severity);
      return lines.length === 0 ? [] : [...lines, ...rowLines(node, result.invocationId)];
    }),
  ];
  return quiet ? ofSeverity("error") : [...ofSeverity("error"), ...ofSeverity("warning")];
}

function rowLines({ title, message, failingRows }: NodeResult, token: string): readonly string[] {
  if (!failingRows) return [];
  const { columns, sample, keptIn, storedAs } = failingRows;
  const lines = rowsTable(columns, sample, widest);
  const kept = [keptIn && `all rows: ${printable(keptIn)}`, storedAs && `stored as: ${printable(storedAs)}`].filter((line) => line !== undefined);
  return [openGroup(`rows of ${title}: ${message ?? ""}`), stopActing(token), ...lines, ...kept, actAgain(token), closeGroup()];
}
