/**
 * Checks that SQL is one query and no more: brackets close where they open, and no semicolon stands between statements.
 * Models and tests are put into brackets, so text that leaves them would run as statements of its own. Reads words,
 * strings and comments as the database does; everything else is the database's to judge.
 */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { locate, type MappedText } from "../core/mapped-text.ts";
import type { Span } from "../core/span.ts";

/** Strings, quoted names, dollar-quoted text, comments: whatever may hold brackets that mean nothing. */
const token = /e'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|--[^\r\n]*|\/\*|[();]/gi;

interface Token {
  readonly text: string;
  readonly at: number;
}

/** Brackets, semicolons, strings and comments, one after another; what lies between them is words and blanks. */
export function* sqlTokens(text: string, from = 0): Generator<Token> {
  for (let at = from; at < text.length; ) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match) return;
    const [found] = match;
    const end = found === "/*" ? commentEnd(text, match.index) : match.index + found.length;
    yield { text: found === "/*" ? text.slice(match.index, end) : found, at: match.index };
    at = end;
  }
}

/** Block comments nest. */
function commentEnd(text: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(text); found; found = mark.exec(text)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return text.length;
}

function isComment({ text }: Token): boolean {
  return text.startsWith("--") || text.startsWith("/*");
}

/** Where the query ends: before a final semicolon, and before comments that follow one. */
export function queryEnd(text: string): number {
  if (!text.includes(";")) return text.length;
  let end = text.length;
  let position = 0;
  for (const found of sqlTokens(text)) {
    // Anything but blanks since the last token belongs to the query again.
    if (/\S/.test(text.slice(position, found.at)) || !(found.text === ";" || isComment(found))) end = text.length;
    if (found.text === ";" && end === text.length) end = found.at;
    position = found.at + found.text.length;
  }
  return /\S/.test(text.slice(position)) ? text.length : end;
}

export function checkSingleQuery(sql: MappedText, fallback: Span): Diagnostic | undefined {
  const { text } = sql;
  const fail = (problem: string, at: number): Diagnostic => diagnose("RT0401", { problem }, { span: locate(sql, at)?.span ?? fallback });
  const open: number[] = [];
  for (const { text: found, at } of sqlTokens(text)) {
    if (found === "(") open.push(at);
    else if (found === ")" && open.pop() === undefined) return fail("this bracket closes none", at);
    else if (found === ";" && open.length === 0) return fail("a model or test is one query; a second statement cannot follow", at);
  }
  const unclosed = open.at(-1);
  return unclosed === undefined ? undefined : fail("this bracket is never closed", unclosed);
}
