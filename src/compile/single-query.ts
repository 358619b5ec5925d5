/**
 * Checks that SQL is one query and no more: brackets close where they open, and no semicolon stands between statements.
 * Models and tests are put into brackets, so text that leaves them would run as statements of its own. Reads words,
 * strings and comments as the database does; everything else is the database's to judge.
 */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { locate, type MappedText } from "../core/mapped-text.ts";
import type { Span } from "../core/span.ts";

/** Strings, quoted names, dollar-quoted text, comments: whatever may hold brackets that mean nothing. Nested comments end at the first end. */
const opaque = /e'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|--[^\r\n]*|\/\*[\s\S]*?\*\/|[();]/giy;

export function checkSingleQuery(sql: MappedText, fallback: Span): Diagnostic | undefined {
  const { text } = sql;
  const fail = (problem: string, at: number): Diagnostic => diagnose("RT0401", { problem }, { span: locate(sql, at)?.span ?? fallback });
  const open: number[] = [];
  let at = 0;
  while (at < text.length) {
    opaque.lastIndex = at;
    const found = opaque.exec(text)?.[0];
    if (found === "(") open.push(at);
    else if (found === ")" && open.pop() === undefined) return fail("this bracket closes none", at);
    else if (found === ";" && open.length === 0) return fail("a model or test is one query; a second statement cannot follow", at);
    at += found?.length ?? 1;
  }
  const unclosed = open.at(-1);
  return unclosed === undefined ? undefined : fail("this bracket is never closed", unclosed);
}
