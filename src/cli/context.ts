/** What commands work with: a host with the streams of a process, its signals and the colors of its terminal. */
import type { Readable } from "node:stream";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { defaultHost } from "../default-host.ts";
import type { TextStream } from "../ports/reporter.ts";
import { renderDiagnostic } from "../reporters/diagnostic-text.ts";
import type { Host, ReportOptions } from "../session/host.ts";
import { hideSecrets } from "../session/source-lookup.ts";

export interface CliContext extends Host {
  /** Asked for only when it is read: a program that holds it open may not end by itself. */
  readonly stdin: () => Readable;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Calls back at the first interrupting signal; the second one ends the process at once. */
  readonly onInterrupt: (callback: (exitCode: number) => void) => () => void;
  readonly useColor: (wanted: boolean | undefined) => boolean;
  readonly reportDiagnostics: (diagnostics: readonly Diagnostic[], options?: TextOptions) => void;
  /** Says that something unexpected happened and returns the exit code. */
  reportCrash(error: unknown, debug: boolean): number;
}

export interface TextOptions extends ReportOptions {
  readonly color?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

const signals: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

/** What a process gives its program. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asked for only when it is read: a program that holds it open may not end by itself. */
  readonly stdin: () => Readable;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
}

function thisProcess(): Surroundings {
  const { env, stdout, stderr } = process;
  return { cwd: process.cwd(), env, stdin: () => process.stdin, stdout, stderr };
}

export function createContext(version: string, surroundings: Surroundings = thisProcess()): CliContext {
  const { cwd, env, stdin, stdout, stderr } = surroundings;
  const useColor = (wanted: boolean | undefined): boolean => {
    if (wanted !== undefined) return wanted;
    if (env["NO_COLOR"]) return false;
    if (env["FORCE_COLOR"] && env["FORCE_COLOR"] !== "0") return true;
    return stderr.isTTY === true && env["TERM"] !== "dumb";
  };
  const reportDiagnostics: CliContext["reportDiagnostics"] = (diagnostics, options = {}) => {
    for (const diagnostic of diagnostics) {
      if (options.quiet && diagnostic.severity !== "error") continue;
      const text = renderDiagnostic(diagnostic, {
        sources: options.sources ?? (() => undefined),
        color: useColor(options.color),
      });
      stderr.write(`${hideSecrets(text, options.secrets ?? [])}\n`);
    }
  };
  return {
    version,
    cwd,
    environment: env,
    stdin,
    stdout,
    stderr,
    command: "retain",
    ...defaultHost(),
    onInterrupt,
    useColor,
    reportDiagnostics,
    note: (text) => stderr.write(`${text}\n`),
    reportCrash: (error, debug) => {
      const problem = error instanceof Error ? error.message : String(error);
      reportDiagnostics([diagnose("RT0901", { problem })]);
      if (debug && error instanceof Error) stderr.write(`${error.stack}\n`);
      return 2;
    },
  };
}

function onInterrupt(callback: (exitCode: number) => void): () => void {
  let seen = false;
  const listeners = Object.entries(signals).map(([signal, exitCode]) => {
    const listener = (): void => {
      // process.exit would wait for a query that cannot be interrupted; the system's own way of dying does not.
      if (seen) {
        stop();
        process.kill(process.pid, signal);
        return;
      }
      seen = true;
      callback(exitCode);
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  const stop = (): void => {
    for (const remove of listeners) remove();
  };
  return stop;
}
