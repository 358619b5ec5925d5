/** Makes the reporters that --reporter, --json and --quiet ask for and feeds them one stream of events. */
import { createWriteStream, mkdirSync, openSync, type WriteStream } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { fileProblem } from "../artifacts/file-problem.ts";
import { diagnose } from "../core/diagnostic.ts";
import { didYouMean } from "../core/did-you-mean.ts";
import type { SourceLookup } from "../core/span.ts";
import type { Reporter, TextStream } from "../ports/reporter.ts";
import type { RunEvent } from "../ports/run-event.ts";
import { reporters } from "../reporters/registry.ts";
import { type CliContext, hideSecrets } from "./context.ts";
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
  const wanted = [...new Set(options.reporter ?? [options.json ? "json" : "pretty"])];
  const onStdout = wanted.filter((name) => machineReadable.has(name));
  if (onStdout.length > 1) {
    const problem = `the reporters ${onStdout.join(" and ")} would both write to standard output`;
    context.reportDiagnostics([diagnose("RT0001", { problem }, { help: `give one of them a file, as in --reporter ${onStdout[1]}=target/report.json` })]);
    return undefined;
  }
  const made: Reporter[] = [];
  const files: WriteStream[] = [];
  for (const text of wanted) {
    const [name = "", ...rest] = text.split("=");
    const factory = Object.hasOwn(reporters, name) ? reporters[name] : undefined;
    if (!factory) {
      const known = Object.keys(reporters);
      const near = didYouMean(name, known);
      context.reportDiagnostics([diagnose("RT0006", { name, known: known.join(", ") }, { help: near && `did you mean "${near}"?` })], { color: options.color });
      return undefined;
    }
    const path = rest.join("=");
    const file = path === "" ? undefined : openFile(context, projectDir, path);
    if (file) files.push(file);
    else if (path !== "") return undefined;
    // What programs read must not be mixed with what people read: the others give way to stderr.
    const shared = !machineReadable.has(name) && wanted.some((other) => machineReadable.has(other));
    made.push(
      factory.create({
        stdout: guarded(file ?? (shared ? context.stderr : context.stdout), secrets),
        stderr: guarded(file ?? context.stderr, secrets),
        color: file ? false : context.useColor(options.color),
        quiet: options.quiet ?? false,
        sources,
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

/** Reporters whose whole output is for programs. */
const machineReadable: ReadonlySet<string> = new Set(["json", "ndjson"]);

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
