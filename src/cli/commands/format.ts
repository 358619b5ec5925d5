/** `format`: lays out SQL files, or what comes on standard input. Writes only what is shown to be the same SQL. */
import { writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { createTwoFilesPatch } from "diff";
import { fileProblem } from "../../artifacts/file-problem.ts";
import type { Config, SourceFile } from "../../config/config.ts";
import { type Diagnostic, diagnose, hasErrors } from "../../core/diagnostic.ts";
import { plural } from "../../core/names.ts";
import { fileSpan } from "../../core/span.ts";
import { formatTemplate } from "../../format/format-template.ts";
import { fileTemplate, parseTemplate } from "../../parse/template.ts";
import { openProject } from "../../project.ts";
import type { CliContext } from "../context.ts";
import { disproveFormat } from "../format-proof.ts";
import type { GlobalOptions } from "../options.ts";

export interface FormatOptions extends GlobalOptions {
  readonly check?: boolean;
  readonly diff?: boolean;
}

export async function formatCommand(context: CliContext, words: readonly string[], options: FormatOptions): Promise<number> {
  if (words.includes("-")) return formatInput(context, words, options);
  const { color } = options;
  const opened = await openProject({
    cwd: context.cwd,
    projectDir: options.projectDir,
    target: options.target,
    environment: context.environment,
    dialect: context.dialect,
    invocation: context.invocation,
  });
  const { config, compiled, sources } = opened.value;
  if (!config) {
    context.reportDiagnostics(opened.diagnostics, { color, sources: (file) => sources.get(file) });
    return 2;
  }
  const chosen = chooseFiles(context, config, words);
  if (chosen.problems.length > 0) {
    context.reportDiagnostics(chosen.problems, { color });
    return 2;
  }
  const changes = new Map<string, string>();
  const problems = new Map<string, string>();
  const broken: Diagnostic[] = [];
  for (const { path, text } of chosen.files) {
    const errors = templateErrors(path, text);
    broken.push(...errors);
    if (errors[0]) {
      problems.set(path, errors[0].message);
      continue;
    }
    const formatted = formatTemplate(text);
    if ("problem" in formatted) problems.set(path, formatted.problem);
    else if (formatted.text !== text) changes.set(path, formatted.text);
  }
  if (compiled && changes.size > 0) {
    for (const [path, problem] of await disproveFormat(context, config, compiled, changes)) {
      changes.delete(path);
      problems.set(path, problem);
    }
  } else if (!compiled && !options.quiet)
    context.stderr.write("the project has errors, which `retain parse` shows: files are compared by their words, not by the database\n");
  const severity = options.warnError ? "error" : "warning";
  context.reportDiagnostics(broken, { color, sources: (file) => sources.get(file) });
  const isBroken = new Set(broken.map(({ span }) => span?.file));
  const leftAlone = [...problems].filter(([path]) => !isBroken.has(path));
  context.reportDiagnostics(
    leftAlone.map(([path, problem]): Diagnostic => ({ ...diagnose("RT0028", { problem }, { span: fileSpan(path) }), severity })),
    { color, quiet: options.quiet },
  );
  const exitCode = finish(context, config, { files: chosen.files, changes, problems }, options);
  return broken.length > 0 ? 2 : exitCode;
}

/** A template that cannot be read stays as it is, and it is said why. What it calls wrongly is nothing that layout minds. */
function templateErrors(file: string, text: string): readonly Diagnostic[] {
  return parseTemplate(fileTemplate(file, text)).diagnostics.filter(({ code }) => code === "RT0201");
}

interface Outcome {
  readonly files: readonly SourceFile[];
  readonly changes: ReadonlyMap<string, string>;
  readonly problems: ReadonlyMap<string, string>;
}

function finish(context: CliContext, config: Config, { files, changes, problems }: Outcome, options: FormatOptions): number {
  const isLooking = options.check === true || options.diff === true;
  const unwritten: Diagnostic[] = [];
  for (const file of files) {
    const text = changes.get(file.path);
    if (text === undefined) continue;
    if (options.diff) context.stdout.write(patch(file.path, file.text, text));
    if (isLooking) continue;
    try {
      writeFileSync(join(config.projectDir, file.path), text);
    } catch (error) {
      unwritten.push(diagnose("RT0415", { path: file.path, problem: fileProblem(error) }));
    }
  }
  context.reportDiagnostics(unwritten, { color: options.color });
  const verb = isLooking ? "would change" : "changed";
  if (options.json) {
    const leftAlone = [...problems].map(([file, problem]) => ({ file, problem }));
    context.stdout.write(
      `${JSON.stringify({ [isLooking ? "would_change" : "changed"]: [...changes.keys()], left_alone: leftAlone, files: files.length }, null, 2)}\n`,
    );
  } else if (!options.quiet) {
    if (!options.diff) for (const path of changes.keys()) context.stdout.write(`${verb} ${path}\n`);
    const rest = problems.size > 0 ? `, ${plural(problems.size, "file")} left alone` : "";
    context.stderr.write(`${changes.size} of ${plural(files.length, "file")} ${verb}${rest}\n`);
  }
  if (hasErrors(unwritten) || (options.warnError && problems.size > 0)) return 1;
  return isLooking && changes.size > 0 ? 1 : 0;
}

function chooseFiles(
  context: CliContext,
  config: Config,
  words: readonly string[],
): { readonly files: readonly SourceFile[]; readonly problems: readonly Diagnostic[] } {
  const files = config.files.filter(({ extension }) => extension === "sql");
  if (words.length === 0) return { files, problems: [] };
  const paths = words.map((word) => relative(config.projectDir, resolve(context.cwd, word)).replaceAll("\\", "/"));
  const holds = (path: string, file: SourceFile): boolean => path === "" || file.path === path || file.path.startsWith(`${path}/`);
  const missing = words.filter((_, i) => !files.some((file) => holds(paths[i] ?? "", file)));
  return {
    files: files.filter((file) => paths.some((path) => holds(path, file))),
    problems: missing.map((path) => diagnose("RT0029", { path })),
  };
}

async function formatInput(context: CliContext, words: readonly string[], options: FormatOptions): Promise<number> {
  if (words.length > 1) {
    context.reportDiagnostics([diagnose("RT0001", { problem: "standard input is formatted alone" }, { help: "leave out the files, or -" })], {
      color: options.color,
    });
    return 2;
  }
  const text = await readAll(context.stdin());
  const errors = templateErrors("stdin", text);
  if (errors.length > 0) {
    context.reportDiagnostics(errors, { color: options.color, sources: () => text });
    return 2;
  }
  const formatted = formatTemplate(text);
  if ("problem" in formatted) {
    context.reportDiagnostics([{ ...diagnose("RT0028", { problem: formatted.problem }), severity: "error" }], { color: options.color });
    return 1;
  }
  const isChanged = formatted.text !== text;
  if (options.diff) context.stdout.write(isChanged ? patch("stdin", text, formatted.text) : "");
  else if (!options.check) context.stdout.write(formatted.text);
  return (options.check || options.diff) && isChanged ? 1 : 0;
}

function patch(path: string, before: string, after: string): string {
  return createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, { context: 3 }).replace(/^=+\n/, "");
}
