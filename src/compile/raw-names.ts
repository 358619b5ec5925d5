/** Finds models that SQL names directly instead of through ref. A reading of words, not a parser: it only ever warns. */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { spanIn } from "../core/mapped-text.ts";
import type { Names } from "../graph/graph.ts";
import type { Model } from "../parse/resource.ts";

const tableWord = /\b(?:from|join)\s+(?:"?(\w+)"?\s*\.\s*)?"?(\w+)\b"?(?!\s*[(.])/gi;
const trivia = /--[^\r\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g;
/** Where the query of a common table expression begins; its name stands before it. */
const tableBody = /\bas\s+(?:not\s+)?(?:materialized\s+)?\(/gi;

export function namedWithoutRef(model: Model, names: Names): readonly Diagnostic[] {
  const { source } = model.template;
  // Comments and strings become blanks of the same length, so that offsets stay true.
  const text = source.text.replace(trivia, (part) => (/[\r\n]/.test(part) ? part.replace(/[^\r\n]/g, " ") : " ".repeat(part.length)));
  const diagnostics: Diagnostic[] = [];
  let local: ReadonlySet<string> | undefined;
  for (const match of text.matchAll(tableWord)) {
    const [whole, schema, name = ""] = match;
    const known = names.relations.get(name);
    if (!known || (schema !== undefined && schema !== known.schema)) continue;
    local ??= commonTables(text);
    if (schema === undefined && local.has(name.toLowerCase())) continue;
    const start = match.index + whole.lastIndexOf(name);
    diagnostics.push(diagnose("RT0213", { name }, { span: spanIn(source, start, start + name.length), help: `write {{ref "${name}"}}` }));
  }
  return diagnostics;
}

/** The names of the query's own common table expressions, in lower case. */
function commonTables(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { index } of text.matchAll(tableBody)) {
    let end = text.slice(Math.max(0, index - 200), index).trimEnd();
    if (end.endsWith(")")) end = text.slice(0, text.lastIndexOf("(", index)).trimEnd();
    const name = wordAtEnd(end.endsWith('"') ? end.slice(0, -1) : end);
    if (name !== "") found.add(name.toLowerCase());
  }
  return found;
}

/** Looked for from behind: a pattern would be tried at every word. */
function wordAtEnd(text: string): string {
  let start = text.length;
  while (start > 0 && /\w/.test(text[start - 1] as string)) start--;
  return text.slice(start);
}
