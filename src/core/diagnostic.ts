/**
 * A diagnostic is one thing that the user should know: a code, a sentence, a place and a next step. Stages collect
 * diagnostics and return them beside their value; nobody throws for a user's mistake. Rendering them is not done here.
 */
import { type Code, codes, type Params } from "./codes/index.ts";
import type { Span } from "./span.ts";

export type Severity = "error" | "warning" | "info";

/** A second place that explains the first, such as the other of two duplicates. */
export interface Note {
  readonly message: string;
  readonly span?: Span;
}

export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly span?: Span;
  readonly notes?: readonly Note[];
  /** The next step, as a sentence without a full stop. */
  readonly help?: string;
}

/** What a stage returns: its value as far as it got, and everything it has to say. */
export interface Outcome<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Place {
  readonly span?: Span | undefined;
  readonly notes?: readonly Note[] | undefined;
  readonly help?: string | undefined;
}

/** Makes the diagnostic of `code`; its sentence comes from the table of codes, so that all sites say it alike. */
export function diagnose<C extends Code>(code: C, params: Params<C>, place: Place = {}): Diagnostic {
  const entry = codes[code];
  const message = (entry.message as (params: Params<C>) => string)(params);
  const general = "help" in entry ? (entry.help as string) : undefined;
  const help = place.help ?? general;
  return {
    code,
    severity: "severity" in entry ? entry.severity : "error",
    message,
    ...(place.span && { span: place.span }),
    ...(place.notes && place.notes.length > 0 && { notes: place.notes }),
    ...(help !== undefined && { help }),
  };
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === "error");
}
