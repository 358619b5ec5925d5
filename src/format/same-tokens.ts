/**
 * Shows that two templates say the same: the same tags, words, strings and comments in the same order, whatever white space
 * lies between. Stricter than the database needs, so that it holds for every branch of a template. Pure.
 */
import { sqlTokens, type Token } from "../core/sql-tokens.ts";
import { templateTags } from "../parse/template-tags.ts";
import { reservedWords } from "./reserved-words.ts";

/** What is not the same, in a few words; nothing when all is. */
export function findDifference(before: string, after: string): string | undefined {
  const [a, b] = [meaningOf(before), meaningOf(after)];
  if (!a || !b) return "its template cannot be taken apart";
  const at = a.findIndex((token, i) => token !== b[i]);
  if (at < 0 && a.length === b.length) return undefined;
  const place = at < 0 ? a.length : at;
  return `its words would change: ${describe(a[place])} would become ${describe(b[place])}`;
}

function describe(token: string | undefined): string {
  return token === undefined ? "the end" : JSON.stringify(token.length > 40 ? `${token.slice(0, 40)}…` : token);
}

/**
 * The tokens as text. White space counts only where it keeps a tag apart from what it would otherwise grow together with:
 * nobody knows what a tag becomes.
 */
function meaningOf(text: string): readonly string[] | undefined {
  const tags = templateTags(text);
  if (!tags) return undefined;
  const tokens = sqlTokens(text, tags);
  return tokens.flatMap((token, i): readonly string[] => {
    if (token.kind !== "space") return [wordOf(token)];
    return growsTogether(tokens[i - 1], tokens[i + 1]) ? [" "] : [];
  });
}

function wordOf({ kind, text }: Token): string {
  if (kind === "comment") return text.replace(/\s+/g, " ").trim();
  const lower = text.toLowerCase();
  return kind === "word" && reservedWords.has(lower) ? lower : text;
}

function growsTogether(before: Token | undefined, after: Token | undefined): boolean {
  if (!before || !after) return false;
  const isWordlike = ({ kind }: Token): boolean => kind === "hole" || kind === "word" || kind === "number" || kind === "quoted" || kind === "string";
  return (before.kind === "hole" && isWordlike(after)) || (after.kind === "hole" && isWordlike(before));
}
