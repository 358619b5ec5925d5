/**
 * Where something stands in the user's files. A span is a pair of offsets into one file's text, so that every later
 * stage can pass it on unchanged; lines and columns are worked out only when somebody looks. Knows nothing of YAML or SQL.
 */

/** A half-open range `[start, end)` of UTF-16 offsets in the text of `file` (a path relative to the project, with `/`). */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  /** The text there may be personal data: the place is shown, the line is not. */
  readonly isPrivate?: true;
}

/** A place as people count it: the first line is 1 and the first column is 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Gives the text of a file that spans may point into, or `undefined` if it was never read. */
export type SourceLookup = (file: string) => string | undefined;

/** Offsets at which the lines of `text` begin. `\n`, `\r\n` and a lone `\r` each end a line. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  if (!text.includes("\r")) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    return starts;
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10) starts.push(i + 1);
    else if (code === 13 && text.charCodeAt(i + 1) !== 10) starts.push(i + 1);
  }
  return starts;
}

/** The line and column of `offset`, given the line starts of its text. */
export function positionAt(starts: readonly number[], offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** The place where a span begins, or `undefined` when the text of its file is not at hand. */
export function positionOf(span: Span, sources: SourceLookup): Position | undefined {
  const text = sources(span.file);
  return text === undefined ? undefined : positionAt(lineStarts(text), Math.min(span.start, text.length));
}

/** A span that names a whole file without pointing into it. */
export function fileSpan(file: string): Span {
  return { file, start: 0, end: 0 };
}
