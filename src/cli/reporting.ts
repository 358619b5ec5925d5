/** Makes the reporters that --reporter, --json and --quiet ask for and feeds them one stream of events. */
import { appendFileSync, createWriteStream, mkdirSync, openSync, type WriteStream } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { fileProblem } from "../artifacts/file-problem.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { groupBy } from "../core/group-by.ts";
import { listOf } from "../core/names.ts";
import type { SourceLookup } from "../core/span.ts";
import type { Reporter, ReporterFactory, TextStream } from "../ports/reporter.ts";
import type { RunEvent } from "../ports/run-event.ts";
import { reporters } from "../reporters/registry.ts";
import { hideSecrets } from "../session/source-lookup.ts";
import type { CliContext } from "./context.ts";
import { githubReporter, repositoryPrefix } from "./github.ts";
import type { RunOptions } from "./options.ts";

export interface Reporting {
  readonly emit: (event: RunEvent) => void;
  /** Returns whether every report could be written. */
  readonly close: () => Promise<boolean>;
}

/** `undefined` after an unknown reporter has been complained of. */
export function createReporters(
  context: CliContext,
  options: RunOptions,
  sources: SourceLookup,
  secrets: readonly string[],
  projectDir: string,
): Reporting | undefined {
  const wanted = readWanted(options);
  const problem = wanted.flatMap((one) => one.problem ?? [])[0] ?? clash(wanted, projectDir);
  if (problem) {
    context.reportDiagnostics([problem], { color: options.color });
    return undefined;
  }
  const made: Reporter[] = [];
  const files: WriteStream[] = [];
  const summary = wanted.some(({ name }) => name === githubReporter) ? openSummary(context) : undefined;
  for (const { factory, path } of wanted) {
    if (!factory) continue;
    const file = path === "" ? undefined : openFile(context, projectDir, path);
    if (file) files.push(file);
    else if (path !== "") return undefined;
    // What programs read must not be mixed with what people read: the others give way to stderr.
    const shared = !factory.isForPrograms && wanted.some((other) => other.factory?.isForPrograms && other.path === "");
    made.push(
      factory.create({
        stdout: guarded(file ?? (shared ? context.stderr : context.stdout), secrets),
        stderr: guarded(file ?? context.stderr, secrets),
        color: file ? false : context.useColor(options.color),
        quiet: options.quiet ?? false,
        sources,
        pathPrefix: repositoryPrefix(context.environment, projectDir),
        summary: summary && guarded(summary, secrets),
      }),
    );
  }
  return {
    emit: (event) => {
      for (const reporter of made) reporter.onEvent(event);
    },
    close: async () => {
      const written = await Promise.all(
        files.map((file) => new Promise<boolean>((done) => file.on("error", () => done(false)).end(() => done(!file.errored)))),
      );
      return written.every(Boolean);
    },
  };
}

interface Wanted {
  readonly name: string;
  readonly path: string;
  readonly factory: ReporterFactory | undefined;
  readonly problem: Diagnostic | undefined;
}

function readWanted(options: RunOptions): readonly Wanted[] {
  return [...new Set(options.reporter ?? [options.json ? "json" : "pretty"])].map((text) => {
    const [name = "", ...rest] = text.split("=");
    const path = rest.join("=");
    const factory = Object.hasOwn(reporters, name) ? reporters[name] : undefined;
    if (factory) return { name, path, factory, problem: undefined };
    const known = Object.keys(reporters);
    return { name, path, factory, problem: diagnose("RT0006", { name, known: known.join(", ") }, { help: suggestion(name, known) }) };
  });
}

/** Two reports that would destroy each other. */
function clash(wanted: readonly Wanted[], projectDir: string): Diagnostic | undefined {
  const places = groupBy(
    wanted.filter(({ factory, path }) => path !== "" || factory?.isForPrograms),
    ({ path }) => (path === "" ? "" : resolve(projectDir, path)),
  );
  const [place, both = []] = [...places].find(([, group]) => group.length > 1) ?? [];
  if (place === undefined) return undefined;
  const problem = `the reporters ${listOf(both.map(({ name }) => name))} would both write to ${place === "" ? "standard output" : both[0]?.path}`;
  return diagnose("RT0001", { problem }, { help: `give one of them a file of its own, as in --reporter ${both[1]?.name}=target/report.${both[1]?.name}` });
}

/** The summary of a step of GitHub Actions is a file that is added to. */
function openSummary(context: CliContext): TextStream | undefined {
  const path = context.environment["GITHUB_STEP_SUMMARY"];
  if (!path) return undefined;
  return {
    write: (text) => {
      try {
        appendFileSync(path, text);
      } catch (error) {
        context.reportDiagnostics([{ ...diagnose("RT0415", { path, problem: fileProblem(error) }), severity: "warning" }]);
      }
    },
  };
}

/** Opened before the run, so that a report that cannot be written is known in time. A folder is made only inside the project. */
function openFile(context: CliContext, projectDir: string, path: string): WriteStream | undefined {
  const absolute = resolve(projectDir, path);
  try {
    if (!isAbsolute(path)) mkdirSync(dirname(absolute), { recursive: true });
    const stream = createWriteStream(absolute, { fd: openSync(absolute, "w") });
    stream.on("error", (error) => context.reportDiagnostics([diagnose("RT0415", { path, problem: fileProblem(error) })]));
    return stream;
  } catch (error) {
    context.reportDiagnostics([diagnose("RT0415", { path, problem: fileProblem(error) })]);
    return undefined;
  }
}

function guarded(stream: TextStream, secrets: readonly string[]): TextStream {
  if (secrets.every((secret) => secret.length < 8)) return stream;
  return {
    write: (text) => stream.write(hideSecrets(text, secrets)),
    isTTY: stream.isTTY,
    // Asked anew each time: a terminal can be resized.
    get columns() {
      return stream.columns;
    },
  };
}
