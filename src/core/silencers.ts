/**
 * Comments that silence warnings at one place: `-- retain-lint: disable=RT0702, RT0709` in SQL, `# retain-lint: …` in YAML,
 * `{{!-- retain-lint: … --}}` in a template. One behind something counts for its own line, one alone on its line for the
 * next line that is no comment. Knows files as text and nothing of their syntax.
 */
import { lineStarts, positionAt, type Span } from "./span.ts";

export interface Silencer {
  readonly code: string;
  /** Where the code is written. */
  readonly span: Span;
  /** The line, from 1, that it counts for. */
  readonly line: number;
}

const comment = /(?:--|#|\/\*|\{\{!)[^\r\n]*?\bretain-lint:\s*disable=[ \t]*([A-Za-z0-9]+(?:[ \t]*,[ \t]*[A-Za-z0-9]+)*)/g;
const commentLine = /^\s*(?:--|#|\/\*|\{\{!)/;

export function findSilencers(file: string, text: string): readonly Silencer[] {
  if (!text.includes("retain-lint:")) return [];
  const starts = lineStarts(text);
  const lineText = (line: number): string => text.slice(starts[line - 1], starts[line] ?? text.length);
  return [...text.matchAll(comment)].flatMap((match) => {
    const list = match[1] ?? "";
    const at = match.index + match[0].lastIndexOf(list);
    let line = positionAt(starts, match.index).line;
    if (commentLine.test(lineText(line))) while (line < starts.length && commentLine.test(lineText(line))) line++;
    return [...list.matchAll(/[A-Za-z0-9]+/g)].map(
      (code): Silencer => ({ code: code[0].toUpperCase(), span: { file, start: at + code.index, end: at + code.index + code[0].length }, line }),
    );
  });
}
