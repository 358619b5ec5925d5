/** Finds models that SQL names directly instead of through ref. A reading of words, not a parser: it only ever warns. */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { spanIn } from "../core/mapped-text.ts";
import type { Names } from "../graph/graph.ts";
import type { Model } from "../parse/resource.ts";

const tableWord = /\b(?:from|join)\s+(?:"?(\w+)"?\s*\.\s*)?"?(\w+)\b"?(?!\s*[(.])/gi;

export function namedWithoutRef(model: Model, names: Names): readonly Diagnostic[] {
  const { source } = model.template;
  // Comments and strings become blanks of the same length, so that offsets stay true.
  const text = source.text.replace(/--[^\r\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, (part) => part.replace(/[^\r\n]/g, " "));
  const diagnostics: Diagnostic[] = [];
  for (const match of text.matchAll(tableWord)) {
    const [whole, schema, name = ""] = match;
    const known = names.relations.get(name);
    if (!known || (schema !== undefined && schema !== known.schema)) continue;
    if (schema === undefined && new RegExp(`\\b${name}"?\\s*(?:\\([^()]*\\)\\s*)?as\\s+(?:not\\s+)?(?:materialized\\s+)?\\(`, "i").test(text)) continue;
    const start = match.index + whole.lastIndexOf(name);
    diagnostics.push(diagnose("RT0213", { name }, { span: spanIn(source, start, start + name.length), help: `write {{ref "${name}"}}` }));
  }
  return diagnostics;
}
