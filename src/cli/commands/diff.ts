/**
 * `diff`: this project and its warehouse against a git ref, another target, a file or an earlier run. Exits with 0 however much
 * differs, unless --fail-on asks for 1; with 2 when nothing could be compared.
 */
import { countImpact, type DiffReport } from "../../diff/diff-report.ts";
import { toJson } from "../../reporters/cell-text.ts";
import { createPaint } from "../../reporters/paint.ts";
import { diffProject } from "../../session/diff-project.ts";
import type { SelectionOptions } from "../../session/options.ts";
import { selectFor } from "../../session/session.ts";
import { hideSecrets } from "../../session/source-lookup.ts";
import type { CliContext } from "../context.ts";
import { diffMarkdown } from "../diff-markdown.ts";
import { diffRecord } from "../diff-record.ts";
import { diffText } from "../diff-text.ts";
import { openSession } from "../open-session.ts";
import type { GlobalOptions } from "../options.ts";
import { readVars } from "../vars.ts";

export interface DiffCommandOptions extends GlobalOptions, SelectionOptions {
  readonly git?: string;
  readonly against?: string;
  readonly key?: string;
  readonly rows: boolean;
  readonly limit: number;
  readonly output: "text" | "markdown" | "json";
  readonly failOn?: "any" | "breaking";
}

export async function diffCommand(context: CliContext, criteria: readonly string[], options: DiffCommandOptions): Promise<number> {
  const session = await openSession(context, options);
  if (!session) return 2;
  const selected = selectFor(session, { ...options, indirectSelection: "empty" }, criteria);
  if (!selected) return 2;
  const abort = new AbortController();
  let signalCode = 0;
  const stopListening = context.onInterrupt((code) => {
    signalCode = code;
    abort.abort();
  });
  const { git, against, key, rows, limit, select, exclude, selector } = options;
  try {
    const report = await diffProject(
      context,
      session,
      {
        git,
        against,
        selected,
        isWhole: [...criteria, ...(select ?? []), ...(exclude ?? []), ...(selector === undefined ? [] : [selector])].length === 0,
        key: key?.split(",").map((name) => name.trim()),
        rows,
        samples: limit,
        signal: abort.signal,
      },
      { ...options, vars: readVars(options.vars, context.cwd).value.value },
    );
    if (!report) return signalCode || 2;
    context.stdout.write(hideSecrets(render(report, context, options), session.config.secrets));
    return signalCode || exitCodeOf(report, options);
  } catch (error) {
    if (signalCode > 0) return signalCode;
    throw error;
  } finally {
    stopListening();
  }
}

function render(report: DiffReport, context: CliContext, options: DiffCommandOptions): string {
  const form = options.json ? "json" : options.output;
  switch (form) {
    case "json":
      return `${toJson(diffRecord(report), 2)}\n`;
    case "markdown":
      return diffMarkdown(report);
    case "text":
      return diffText(report, createPaint(context.stdout.isTTY === true ? context.useColor(options.color) : options.color === true));
  }
}

function exitCodeOf(report: DiffReport, { failOn }: DiffCommandOptions): number {
  if (failOn === "any") return report.models.length > 0 ? 1 : 0;
  return failOn === "breaking" && countImpact(report, "breaking") > 0 ? 1 : 0;
}
