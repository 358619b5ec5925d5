/** Renders hooks to SQL. One that renders to nothing is none; one that would end the node's transaction is refused. Pure. */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { locate, type MappedText } from "../core/mapped-text.ts";
import type { Span } from "../core/span.ts";
import type { Hook, Hooks } from "../parse/hooks.ts";
import type { Template } from "../parse/template.ts";
import { trimSql } from "./ephemeral.ts";

export interface CompiledHook {
  /** One or more statements. */
  readonly sql: MappedText;
  readonly transaction: boolean;
  readonly span: Span;
}

export interface CompiledHooks {
  readonly pre: readonly CompiledHook[];
  readonly post: readonly CompiledHook[];
}

export const noHooks: CompiledHooks = { pre: [], post: [] };

export function compileHooks(hooks: Hooks, render: (template: Template) => MappedText, diagnostics: Diagnostic[]): CompiledHooks {
  if (hooks.pre.length === 0 && hooks.post.length === 0) return noHooks;
  return { pre: compileHookList(hooks.pre, render, diagnostics), post: compileHookList(hooks.post, render, diagnostics) };
}

export function compileHookList(hooks: readonly Hook[], render: (template: Template) => MappedText, diagnostics: Diagnostic[]): readonly CompiledHook[] {
  return hooks.flatMap(({ template, transaction, span }): readonly CompiledHook[] => {
    const sql = trimSql(render(template));
    if (!sql) return [];
    const problem = transaction ? findTransactionEnd(sql, span) : undefined;
    if (problem) diagnostics.push(problem);
    return [{ sql, transaction, span }];
  });
}

const trivia = /--[^\r\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"/g;
const transactionWord = /(?:^|;)\s*(begin|start\s+transaction|commit|rollback|abort|end)\b/i;

/** What runs inside a transaction must leave it open: otherwise what is not tested yet would be published. */
function findTransactionEnd(sql: MappedText, fallback: Span): Diagnostic | undefined {
  const blanked = sql.text.replace(trivia, (part) => " ".repeat(part.length));
  const found = transactionWord.exec(blanked);
  const word = found?.[1];
  if (!found || word === undefined) return undefined;
  const span = locate(sql, found.index + found[0].length - word.length, word.length)?.span ?? fallback;
  return diagnose("RT0333", { word: word.toLowerCase() }, { span });
}
