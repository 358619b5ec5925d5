/** What went wrong in a model in JavaScript, as a diagnostic at the author's own line. */
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import type { JavascriptTask } from "../../compile/javascript.ts";
import { type Diagnostic, diagnose, type Note } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import { listOf } from "../../core/names.ts";
import type { Span } from "../../core/span.ts";
import type { ModelStage } from "../../plan/plan.ts";
import { ValueProblem } from "../../ports/engine.ts";
import { mapEngineError } from "../map-error.ts";
import { findSyntaxError } from "./find-syntax-error.ts";
import type { Failure, Thrown } from "./protocol.ts";
import type { WrongColumns } from "./row-batches.ts";
import type { Ending } from "./run-javascript.ts";
import { defaultExportSpan, projectFile, readText, spanAt, stackPlaces } from "./stack-place.ts";

export interface FailureContext {
  readonly task: JavascriptTask;
  readonly stage: ModelStage;
  readonly refusals: readonly unknown[];
}

export async function explainFailure(ending: Exclude<Ending, { kind: "done" }>, context: FailureContext): Promise<Diagnostic> {
  const { stage, task } = context;
  switch (ending.kind) {
    case "interrupted":
      return diagnose("RT0411", { what: "the model" }, { span: stage.span });
    case "died": {
      const problem = ending.waits ? "it waits for something that never happens" : "it ended its own thread; a model returns, or throws an error";
      if (!ending.error) return diagnose("RT0441", { model: stage.name, problem }, { span: defaultExportSpan(task.projectDir, task.file) });
      const { name, message, stack = "" } = ending.error;
      return explainThrown({ name, message, stack, refusal: undefined }, context);
    }
    case "failed":
      return explain(ending.failure, context);
  }
}

async function explain(failure: Failure, context: FailureContext): Promise<Diagnostic> {
  const { task, stage } = context;
  const model = stage.name;
  const function_ = defaultExportSpan(task.projectDir, task.file);
  const known = task.columns.map((column) => column.name);
  switch (failure.kind) {
    case "not loaded":
      return explainLoading(failure.thrown, context);
    case "no function":
      return diagnose("RT0442", { model, problem: failure.problem }, { span: function_, help: "write `export default async function ({ ref }) { … }`" });
    case "threw":
      return explainThrown(failure.thrown, context);
    case "undeclared read": {
      const [span = function_] = stackPlaces(failure.stack, task.projectDir);
      const refs = task.reads.map(({ dependency }) => (dependency.kind === "ref" ? dependency.name : `source('${dependency.source}', '${dependency.table}')`));
      const help = `${refs.length > 0 ? `its refs are ${listOf(refs)}` : "it has none"}; add it under \`refs:\` of the model`;
      return diagnose("RT0445", { model, what: failure.what }, { span, help, notes: [{ message: "the model is declared here", span: stage.span }] });
    }
    case "bad rows": {
      const { problem, columns } = failure;
      const declared: Note = { message: "the model is declared here", span: stage.span };
      if (!columns) return diagnose("RT0443", { model, problem }, { span: function_, notes: [declared] });
      const got = { message: `row ${columns.row} has ${listOf(columns.got) || "no columns"}; declared are ${listOf(known)}` };
      return diagnose("RT0443", { model, problem }, { span: function_, help: columnHelp(columns, known), notes: [got, declared] });
    }
    case "bad value":
      return badValue(failure.row, failure.column, failure.valueKind, "", context);
  }
}

function columnHelp({ wrong, isMissing }: WrongColumns, known: readonly string[]): string {
  if (isMissing) return `return it in every row, as null where there is no value: { ..., ${wrong}: null }`;
  return suggestion(wrong, known) ?? "declare it under `columns:`, or return rows without it";
}

function badValue(row: number, column: string, kind: string, type: string, { task, stage }: FailureContext): Diagnostic {
  const declared = task.columns.find(({ name }) => name === column);
  const params = { model: stage.name, row, column, kind, type: (type || (declared?.type ?? "")).toLowerCase() };
  const notes: readonly Note[] = [{ message: "returned from here", span: defaultExportSpan(task.projectDir, task.file) }];
  return diagnose("RT0444", params, { span: declared?.span ?? stage.span, notes });
}

/** An error of the database that the model was given, or one of its own. */
function explainThrown({ name, message, stack, refusal }: Thrown, context: FailureContext): Diagnostic {
  const { task, stage, refusals } = context;
  const isPrivate = stage.privacy.pii.length > 0;
  const [first, ...others] = stackPlaces(stack, task.projectDir);
  const span = first ?? defaultExportSpan(task.projectDir, task.file);
  if (refusal !== undefined) {
    const reason = refusals[refusal];
    if (reason instanceof ValueProblem) {
      const { firstRow = 1 } = reason as { readonly firstRow?: number };
      return badValue(firstRow + reason.row, task.columns[reason.column]?.name ?? "", reason.kind, reason.type, context);
    }
    return mapEngineError(reason, undefined, span, isPrivate);
  }
  const own = others.find(({ file }) => file === task.file);
  const notes = span.file !== task.file && own ? [{ message: "called from here", span: own }] : [];
  const shown = isPrivate ? "its words are not shown, because personal data is involved" : message;
  return diagnose("RT0441", { model: stage.name, problem: name === "" ? shown : `${name}: ${shown}` }, { span, notes });
}

async function explainLoading(thrown: Thrown, context: FailureContext): Promise<Diagnostic> {
  const { task, stage } = context;
  const { name, message, stack } = thrown;
  const fail = (problem: string, span: Span | undefined): Diagnostic =>
    diagnose("RT0442", { model: stage.name, problem }, { span: span ?? { file: task.file, start: 0, end: 0 } });
  const [, missing, importer] = /Cannot find (?:module|package) '([^']+)' imported from (.+)$/.exec(message) ?? [];
  if (missing !== undefined && importer !== undefined) {
    const file = /^(\/|[A-Za-z]:)/.test(missing) ? basename(missing) : missing;
    return fail(`cannot find "${file}"`, importSpan(importer, file, task));
  }
  if (name !== "SyntaxError") return explainThrown(thrown, context);
  // A name that another module does not export: the stack begins with the place, the line and carets.
  const [head = "", , carets = ""] = stack.split("\n");
  const [, url, line] = /^(file:\/\/.+):(\d+)$/.exec(head) ?? [];
  if (url !== undefined) return fail(message, placeIn(task.projectDir, url, Number(line), carets.indexOf("^") + 1));
  const place = await findSyntaxError(task.absolutePath);
  return fail(`${name}: ${message}`, place && placeIn(task.projectDir, pathToFileURL(place.path).href, place.line, place.column));
}

function importSpan(importer: string, file: string, { projectDir }: JavascriptTask): Span | undefined {
  const path = projectFile(importer.startsWith("file:") ? importer : pathToFileURL(importer).href, projectDir);
  if (path === undefined) return undefined;
  const text = readText(projectDir, path);
  const at = text.indexOf(file);
  return { file: path, start: Math.max(0, at), end: Math.max(0, at) + (at < 0 ? 0 : file.length) };
}

function placeIn(projectDir: string, url: string, line: number, column: number): Span | undefined {
  const file = projectFile(url, projectDir);
  return file === undefined ? undefined : spanAt(projectDir, file, line, Math.max(1, column));
}
