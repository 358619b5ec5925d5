/** Turns a span into the place that people and other programs read: file, line and column. */
import { lineStarts, type Position, positionAt, type SourceLookup, type Span } from "../core/span.ts";

export interface Place {
  readonly file: string;
  /** `undefined` when the text is not at hand, or when the file as a whole is meant. */
  readonly start: Position | undefined;
  /** Where the span ends, exclusive. */
  readonly end: Position | undefined;
}

export function placeOf(span: Span, sources: SourceLookup): Place {
  const text = isWholeFile(span) ? undefined : sources(span.file);
  if (text === undefined) return { file: span.file, start: undefined, end: undefined };
  const starts = lineStarts(text);
  const from = clamp(span.start, text);
  return { file: span.file, start: positionAt(starts, from), end: positionAt(starts, Math.max(from, clamp(span.end, text))) };
}

/** `models/a.sql:4:15`, or the file alone. */
export function formatPlace({ file, start }: Place): string {
  return start === undefined ? file : `${file}:${start.line}:${start.column}`;
}

/** `fileSpan` names a file without pointing into it. */
function isWholeFile(span: Span): boolean {
  return span.start === 0 && span.end === 0;
}

function clamp(offset: number, text: string): number {
  return Math.min(Math.max(0, offset), text.length);
}
