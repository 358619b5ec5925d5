/** Finds the common table expressions at the top of a query, so that one of them can be read instead of the whole. Reads text only. */
import { sqlTokens } from "../single-query.ts";

export interface TopLevelTables {
  readonly names: readonly string[];
  /** Offset at which the query itself begins, behind the last of them. */
  readonly end: number;
}

const nothing = /^(?:\s+|--[^\r\n]*|\/\*[\s\S]*?\*\/)*/;
const tableName = /^(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))/u;

/** `undefined` when the query does not begin with `with`. */
export function findTopLevelTables(text: string): TopLevelTables | undefined {
  const skip = (at: number): number => at + (nothing.exec(text.slice(at))?.[0].length ?? 0);
  const start = skip(0);
  const keyword = /^with\b/i.exec(text.slice(start));
  if (!keyword) return undefined;
  let at = skip(start + keyword[0].length);
  const recursive = /^recursive\b/i.exec(text.slice(at));
  if (recursive) at = skip(at + recursive[0].length);
  const names: string[] = [];
  for (;;) {
    const found = tableName.exec(text.slice(at));
    if (!found) return { names, end: at };
    names.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    // A list of columns may stand before the query; the table ends with the bracket that no `as` follows.
    let close = closingBracket(text, at + found[0].length);
    if (close === undefined) return { names, end: text.length };
    const after = /^as\b/i.exec(text.slice(skip(close)));
    if (after) close = closingBracket(text, skip(close) + after[0].length) ?? text.length;
    at = skip(close);
    if (text[at] !== ",") return { names, end: at };
    at = skip(at + 1);
  }
}

/** The offset behind the bracket that closes the first one from `from` on. */
function closingBracket(text: string, from: number): number | undefined {
  let depth = 0;
  for (const token of sqlTokens(text, from)) {
    if (token.text === "(") depth++;
    if (token.text === ")" && --depth === 0) return token.at + 1;
  }
  return undefined;
}
