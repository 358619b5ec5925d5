/**
 * What commands work with: streams, environment, clock and the concrete adapters. The only file that names an adapter;
 * heavy ones are loaded when they are first needed.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Readable } from "node:stream";
import { duckdbDialect } from "../adapters/duckdb/dialect.ts";
import type { Invocation } from "../compile/render-context.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import type { SourceLookup } from "../core/span.ts";
import type { Dialect } from "../ports/dialect.ts";
import type { Connection, Engine } from "../ports/engine.ts";
import type { TextStream } from "../ports/reporter.ts";
import { renderDiagnostic } from "../reporters/diagnostic-text.ts";

export interface CliContext {
  readonly version: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asked for only when it is read: a program that holds it open may not end by itself. */
  readonly stdin: () => Readable;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly dialect: Dialect;
  readonly invocation: Invocation;
  /** `retain export run`: the command without its options, which may hold secrets. */
  readonly command: string;
  readonly now: () => Date;
  readonly loadEngine: () => Promise<Engine>;
  readonly loadKyselyDialect: () => Promise<(connection: Connection) => import("kysely").Dialect>;
  /** Calls back at the first interrupting signal; the second one ends the process at once. */
  readonly onInterrupt: (callback: (exitCode: number) => void) => () => void;
  readonly useColor: (wanted: boolean | undefined) => boolean;
  reportDiagnostics(diagnostics: readonly Diagnostic[], options?: ReportOptions): void;
  /** Says that something unexpected happened and returns the exit code. */
  reportCrash(error: unknown, debug: boolean): number;
}

export interface ReportOptions {
  readonly sources?: SourceLookup;
  readonly color?: boolean | undefined;
  readonly secrets?: readonly string[];
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
    dialect: duckdbDialect,
    invocation: {
      invocationId: randomUUID(),
      startedAt: new Date().toISOString(),
    },
    command: "retain",
    now: () => new Date(),
    loadEngine: async () => (await import("../adapters/duckdb/engine.ts")).duckdbEngine,
    loadKyselyDialect: async () => (await import("../adapters/duckdb/kysely-dialect.ts")).createKyselyDialect,
    onInterrupt,
    useColor,
    reportDiagnostics,
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

/** Values of the environment that are long enough to be secrets are never repeated. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length >= 8).reduce((shown, secret) => shown.replaceAll(secret, "***"), text);
}

/** Looks up texts that were read already, and reads a seed or an imported module when an error points into it. */
export function sourceLookup(read: ReadonlyMap<string, string>, projectDir: string | undefined): SourceLookup {
  return (file) => {
    const isUnread = file.endsWith(".csv") || (/\.[cm]?js$/.test(file) && !read.has(file));
    if (!isUnread || projectDir === undefined) return read.get(file);
    try {
      return readFileSync(isAbsolute(file) ? file : join(projectDir, file), "utf8");
    } catch {
      return undefined;
    }
  };
}
