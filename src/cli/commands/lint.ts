/** `lint`: the findings on stdout, worst last to be seen first; exit 1 when one of them is an error. Opens no database. */
import { type Diagnostic, diagnose, hasErrors } from "../../core/diagnostic.ts";
import { lintProject } from "../../lint/lint.ts";
import { toJson } from "../../reporters/cell-text.ts";
import { renderDiagnostic, summarizeDiagnostics } from "../../reporters/diagnostic-text.ts";
import { diagnosticRecord } from "../../reporters/event-record.ts";
import { annotation } from "../../reporters/github/workflow-commands.ts";
import { formatPlace, placeOf } from "../../reporters/place.ts";
import type { SelectionOptions } from "../../session/options.ts";
import { type Session, selectFor } from "../../session/session.ts";
import { hideSecrets } from "../../session/source-lookup.ts";
import type { CliContext } from "../context.ts";
import { repositoryPrefix } from "../github.ts";
import { openSession } from "../open-session.ts";
import type { GlobalOptions } from "../options.ts";

export interface LintOptions extends GlobalOptions, SelectionOptions {
  readonly reporter?: LintForm;
}

type LintForm = "pretty" | "concise" | "json" | "github";

export async function lintCommand(context: CliContext, criteria: readonly string[], { reporter, ...options }: LintOptions): Promise<number> {
  if (options.json && reporter !== undefined && reporter !== "json") {
    context.reportDiagnostics([diagnose("RT0001", { problem: `--json and --reporter ${reporter} contradict each other` })], { color: options.color });
    return 2;
  }
  const session = await openSession(context, { ...options, holdsWarnings: true });
  if (!session) return 2;
  const isAsked = criteria.length > 0 || options.select !== undefined || options.exclude !== undefined || options.selector !== undefined;
  const selected = isAsked ? selectFor(session, { ...options, indirectSelection: "empty" }, criteria) : undefined;
  if (isAsked && !selected) return 2;
  const all = lintProject(session);
  const found = (selected ? all.filter(inFilesOf(session, selected)) : all).map(
    (one): Diagnostic => (options.warnError && one.severity === "warning" ? { ...one, severity: "error" } : one),
  );
  const shown = options.quiet ? found.filter(({ severity }) => severity === "error") : found;
  const form = reporter ?? (options.json ? "json" : "pretty");
  context.stdout.write(hideSecrets(render(context, session, shown, form, options), session.config.secrets));
  return hasErrors(found) ? 1 : 0;
}

/** Of a selection, what stands in the files of its nodes. */
function inFilesOf({ graph }: Session, selected: ReadonlySet<string>): (diagnostic: Diagnostic) => boolean {
  const nodes = [...selected].flatMap((id) => graph.nodes.get(id) ?? []);
  const files = new Set(nodes.flatMap(({ originalFilePath, patchPath }) => [originalFilePath, patchPath]));
  const names = new Set(nodes.filter(({ resourceType }) => resourceType !== "test").map(({ span }) => `${span.file}:${span.start}`));
  return ({ span }) => span !== undefined && (files.has(span.file) || names.has(`${span.file}:${span.start}`));
}

function render(context: CliContext, session: Session, found: readonly Diagnostic[], form: LintForm, options: GlobalOptions): string {
  const { sources, config } = session;
  switch (form) {
    case "json":
      return `${toJson(
        found.map((diagnostic) => diagnosticRecord(diagnostic, sources)),
        2,
      )}\n`;
    case "github": {
      const pathPrefix = repositoryPrefix(context.environment, config.projectDir);
      return found.map((diagnostic) => `${annotation(diagnostic, { sources, pathPrefix })}\n`).join("");
    }
    case "concise":
      return found
        .map(({ span, severity, code, message }) => `${span ? `${formatPlace(placeOf(span, sources))}: ` : ""}${severity}[${code}] ${message}\n`)
        .join("");
    case "pretty": {
      const color = context.stdout.isTTY === true ? context.useColor(options.color) : options.color === true;
      const width = context.stdout.columns;
      const blocks = found.map((diagnostic) => `${renderDiagnostic(diagnostic, { sources, color, ...(width !== undefined && { width }) })}\n\n`);
      if (options.quiet && found.length === 0) return "";
      return `${blocks.join("")}${summary(found)}\n`;
    }
  }
}

function summary(found: readonly Diagnostic[]): string {
  if (found.length === 0) return "no problems found";
  const [code] = found.map((one) => one.code);
  return `${summarizeDiagnostics(found)}; \`retain explain ${code}\` says more and how to silence`;
}
