/**
 * The reporter for people. On a terminal it keeps a window of what is running and lets finished nodes scroll by above it;
 * on a pipe it writes plain lines. The closing summary is the answer and goes to stdout, all else to stderr.
 *
 * It relies on one thing: the results of a model's tests come before the model's own, as its tests decide about it.
 */
import type { Diagnostic } from "../../core/diagnostic.ts";
import { groupBy } from "../../core/group-by.ts";
import type { Reporter, ReporterFactory, ReporterOptions } from "../../ports/reporter.ts";
import { isFailure, type NodeResult, type RunEvent } from "../../ports/run-event.ts";
import { renderDiagnostic } from "../diagnostic-text.ts";
import { paintFor } from "../paint.ts";
import { headline } from "../run-summary.ts";
import { type Clock, systemClock } from "./clock.ts";
import { closingSummary, reusedLine, skipLine } from "./closing-summary.ts";
import { createPlainScreen, createProgressWindow } from "./progress-window.ts";
import { type BlockStyle, resultBlock } from "./result-block.ts";
import { createRunProgress } from "./run-progress.ts";
import { startLine } from "./start-line.ts";

export const pretty: ReporterFactory = {
  description: "for people: what is running, what finished, and a summary",
  isForPrograms: false,
  create: (options) => createPrettyReporter(options),
};

/** Columns where no terminal tells. */
const pageWidth = 160;
const mostNamedWhileRunning = 3;

export function createPrettyReporter(options: ReporterOptions, clock: Clock = systemClock): Reporter {
  const { stdout, stderr, quiet, sources } = options;
  const paint = paintFor(stderr, options);
  const color = paint("x", "red") !== "x";
  // A stream that wants no color may not understand how to move the cursor either.
  const isWindowed = stderr.isTTY === true && color && !quiet;
  const progress = createRunProgress(clock, paint);
  const screen = isWindowed ? createProgressWindow(stderr, clock, progress.lines) : createPlainScreen(stderr);
  const style = (): BlockStyle => ({ paint, color, sources, width: stderr.columns || pageWidth });

  const raised: Diagnostic[] = [];
  const testsOf = new Map<string, NodeResult[]>();
  const started = new Set<string>();
  let skipped: NodeResult[] = [];
  let reused: NodeResult[] = [];
  let endsBlank = true;
  const print = (text: string): void => {
    endsBlank = text.endsWith("\n");
    screen.print(text);
  };
  const printReused = (): void => {
    if (reused.length > 0) print(reusedLine(reused, mostNamedWhileRunning, paint));
    reused = [];
  };
  const printSkipped = (): void => {
    for (const [reason, nodes] of groupBy(skipped, ({ message }) => message)) print(skipLine(nodes, reason, mostNamedWhileRunning, paint));
    skipped = [];
  };

  const onResult = (result: NodeResult): void => {
    progress.finish(result);
    const isTestOfNode = result.kind === "test" && result.stageId !== result.uniqueId;
    if (result.status === "reused") {
      if (!quiet) reused.push(result);
      return;
    }
    printReused();
    if (result.status === "skipped") {
      // They come in swarms and are told together. That a model has failed says the same of its tests.
      if (!quiet && !(isTestOfNode && started.has(result.stageId))) skipped.push(result);
      return;
    }
    if (isTestOfNode) {
      const tests = testsOf.get(result.stageId);
      if (tests) tests.push(result);
      else testsOf.set(result.stageId, [result]);
    }
    if (quiet && !isFailure(result.status)) return;
    // Where all is well, a model's tests are no more than a number beside it.
    if (isTestOfNode && result.status === "pass" && result.diagnostics.length === 0) return;
    printSkipped();
    print(resultBlock(result, testsOf.get(result.uniqueId) ?? [], style()));
    testsOf.delete(result.uniqueId);
  };

  const onEvent = (event: RunEvent): void => {
    switch (event.type) {
      case "run_started":
        progress.begin(event);
        if (!quiet) print(startLine(event, paint));
        return;
      case "node_started":
        started.add(event.uniqueId);
        progress.start(event);
        screen.refresh();
        return;
      case "node_finished":
        onResult(event.result);
        screen.refresh();
        return;
      case "diagnostic":
        raised.push(event.diagnostic);
        if (!quiet || event.diagnostic.severity === "error") print(`${renderDiagnostic(event.diagnostic, style())}\n`);
        return;
      case "run_finished": {
        printReused();
        printSkipped();
        if (!quiet && !endsBlank) print("");
        screen.close();
        const summaryPaint = paintFor(stdout, options);
        stdout.write(`${quiet ? headline(event.result, raised, summaryPaint) : closingSummary(event.result, raised, sources, summaryPaint)}\n`);
        return;
      }
    }
  };
  return { onEvent };
}
