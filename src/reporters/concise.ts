/**
 * Only what is not ok, one line each, and one line in the end: for logs, editors and grep. All of it is the answer asked
 * for, so all of it goes to stdout, in order. A line is `file:line:column: status[code] message`, as far as that is known.
 */
import type { Diagnostic } from "../core/diagnostic.ts";
import type { SourceLookup } from "../core/span.ts";
import type { ReporterFactory } from "../ports/reporter.ts";
import { isFailure, type NodeResult } from "../ports/run-event.ts";
import { severityStyle } from "./diagnostic-text.ts";
import { printable } from "./display-width.ts";
import { type Paint, paintFor, type Style } from "./paint.ts";
import { formatPlace, placeOf } from "./place.ts";
import { headline, statusLabel, statusStyle } from "./run-summary.ts";

export const concise: ReporterFactory = {
  description: "only what is not ok, one line each, and a summary line",
  isForPrograms: false,
  create: (options) => {
    const { stdout, sources, quiet } = options;
    const paint = paintFor(stdout, options);
    const raised: Diagnostic[] = [];
    const write = (line: string): void => {
      stdout.write(`${line}\n`);
    };
    return {
      onEvent: (event) => {
        if (event.type === "diagnostic") {
          raised.push(event.diagnostic);
          const { severity } = event.diagnostic;
          if (severity === "error" || (severity === "warning" && !quiet))
            write(diagnosticLine(event.diagnostic, severity, severityStyle[severity], sources, paint));
        } else if (event.type === "node_finished") {
          if (isShown(event.result, quiet)) for (const line of resultLines(event.result, sources, paint)) write(line);
        } else if (event.type === "run_finished") write(headline(event.result, raised, paint));
      },
    };
  },
};

function isShown(result: NodeResult, quiet: boolean): boolean {
  if (isFailure(result.status)) return true;
  if (quiet) return false;
  // That a model was skipped says the same of its tests.
  if (result.status === "skipped") return result.stageId === result.uniqueId;
  return result.status === "warn" || result.diagnostics.some(({ severity }) => severity === "warning");
}

function resultLines(result: NodeResult, sources: SourceLookup, paint: Paint): readonly string[] {
  const problems = result.diagnostics.filter(({ severity }) => severity !== "info");
  const isOk = result.status === "success" || result.status === "pass";
  if (problems.length > 0) {
    return problems.map((diagnostic) => {
      const label = isOk ? diagnostic.severity : statusLabel[result.status];
      return diagnosticLine(diagnostic, label, severityStyle[diagnostic.severity], sources, paint);
    });
  }
  const message = result.message === undefined ? "" : `: ${oneLine(result.message)}`;
  return [`${paint(statusLabel[result.status], statusStyle[result.status])} ${printable(result.title)}${message}`];
}

function diagnosticLine(diagnostic: Diagnostic, label: string, style: Style, sources: SourceLookup, paint: Paint): string {
  const place = diagnostic.span ? `${printable(formatPlace(placeOf(diagnostic.span, sources)))}: ` : "";
  return `${place}${paint(`${label}[${diagnostic.code}]`, style)} ${oneLine(diagnostic.message)}`;
}

function oneLine(message: string): string {
  return printable(message.trim().replace(/\s*[\r\n]\s*/g, " "));
}
