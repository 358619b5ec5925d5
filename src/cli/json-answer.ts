/**
 * What a program reads that asked for JSON where there is no other answer: nothing was run, or there was nothing to do. The
 * problems, which people read on stderr, are then the answer. Must not change what a command answers itself.
 */

import { toJson } from "../reporters/cell-text.ts";
import { diagnosticRecord, schemaVersion } from "../reporters/event-record.ts";
import { hideSecrets } from "../session/source-lookup.ts";
import type { CliContext } from "./context.ts";

export interface JsonAnswer {
  /** The same context, listened to. */
  readonly context: CliContext;
  /** Answers, unless the command did. */
  readonly end: (exitCode: number) => void;
}

export function listenForAnswer(context: CliContext): JsonAnswer {
  const { stdout } = context;
  let hasAnswered = false;
  const problems: unknown[] = [];
  return {
    context: {
      ...context,
      stdout: {
        write: (text) => {
          hasAnswered ||= text !== "";
          return stdout.write(text);
        },
        isTTY: stdout.isTTY,
        get columns() {
          return stdout.columns;
        },
      },
      reportDiagnostics: (diagnostics, options = {}) => {
        const { sources = () => undefined, secrets = [] } = options;
        const masked = (_key: string, value: unknown): unknown => (typeof value === "string" ? hideSecrets(value, secrets) : value);
        for (const diagnostic of diagnostics) problems.push(JSON.parse(JSON.stringify(diagnosticRecord(diagnostic, sources), masked)));
        context.reportDiagnostics(diagnostics, options);
      },
    },
    end: (exitCode) => {
      if (hasAnswered) return;
      const answer = { schema_version: schemaVersion, command: context.command.replace(/^retain ?/, ""), exit_code: exitCode, diagnostics: problems };
      stdout.write(`${toJson(answer, 2)}\n`);
    },
  };
}
