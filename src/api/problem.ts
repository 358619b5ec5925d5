/** What a program is told instead of an exception: a diagnostic with its place counted out and its text as people read it. */
import type { Diagnostic, Severity } from "../core/diagnostic.ts";
import type { SourceLookup } from "../core/span.ts";
import { renderDiagnostic } from "../reporters/diagnostic-text.ts";
import { placeOf } from "../reporters/place.ts";
import { hideSecrets } from "../session/source-lookup.ts";

export interface Problem {
  /** `RT0203`; `retain explain` says more about it. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** The next step. */
  readonly help: string | undefined;
  /** Path relative to the project, with slashes; lines and columns begin with 1. */
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** All of it with a code frame, as a terminal shows it, without color. */
  readonly text: string;
}

export function toProblem(diagnostic: Diagnostic, sources: SourceLookup, secrets: readonly string[]): Problem {
  const { code, severity, message, help, span } = diagnostic;
  const place = span && placeOf(span, sources);
  return {
    code,
    severity,
    message: hideSecrets(message, secrets),
    help: help === undefined ? undefined : hideSecrets(help, secrets),
    file: place?.file,
    line: place?.start?.line,
    column: place?.start?.column,
    text: hideSecrets(renderDiagnostic(diagnostic, { sources, color: false }), secrets),
  };
}

/** The same plain value without secrets in any of its texts. */
export function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
  if (secrets.every((secret) => secret.length < 8)) return value;
  const clean = (part: unknown): unknown => {
    if (typeof part === "string") return hideSecrets(part, secrets);
    if (Array.isArray(part)) return part.map(clean);
    if (part !== null && typeof part === "object") return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, clean(inner)]));
    return part;
  };
  return clean(value) as T;
}
