/**
 * Reads the words of a query for what it reads from: the relations after `from` and `join`, the common tables it defines,
 * and where its lists and brackets are. A reading of words and not a parser: what it cannot tell it leaves out.
 */
import { isTrivia, type Token } from "../core/sql-tokens.ts";

export interface Word extends Token {
  /** How many brackets are open around it. */
  readonly depth: number;
  /** In lower case; of a quoted name the name. */
  readonly value: string;
}

/** The tokens that mean something. Tags that only steer (blocks, comments) mean nothing here; values and macros do. */
export function significant(tokens: readonly Token[]): readonly Word[] {
  const words: Word[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (isTrivia(token) || (token.kind === "hole" && /^\{\{~?(?:[#/^!]|else\b)/.test(token.text))) continue;
    if (token.text === ")" || token.text === "]") depth = Math.max(0, depth - 1);
    const value = token.kind === "quoted" ? token.text.slice(1, -1).replaceAll('""', '"').toLowerCase() : token.text.toLowerCase();
    words.push({ ...token, depth, value });
    if (token.text === "(" || token.text === "[") depth++;
  }
  return words;
}

export interface ReadRelation {
  readonly kind: "named" | "template" | "function" | "query";
  /** Its parts, as in schema.table; empty for all but named relations. */
  readonly parts: readonly string[];
  readonly start: number;
  readonly end: number;
  /** The comma that it follows, if it does. */
  readonly comma: Word | undefined;
  /** In lower case. */
  readonly alias: string | undefined;
  /** Position of its first word. */
  readonly index: number;
}

/** Words after which `from` belongs to a function or a comparison. */
const functionsWithFrom: ReadonlySet<string> = new Set(["extract", "trim", "substring", "overlay", "position"]);
/** Words that end a list of relations. */
const clauses: ReadonlySet<string> = new Set("where group having order limit offset union intersect except qualify window select returning".split(" "));

export function relationsRead(words: readonly Word[]): readonly ReadRelation[] {
  const found: ReadRelation[] = [];
  words.forEach((word, i) => {
    if (word.kind !== "word" || (word.value !== "from" && word.value !== "join")) return;
    if (word.value === "from" && (words[i - 1]?.value === "distinct" || isInFunction(words, i))) return;
    let at = i + 1;
    let comma: Word | undefined;
    for (;;) {
      const relation = relationAt(words, at, comma);
      if (!relation) return;
      found.push(relation);
      if (word.value === "join") return;
      const next = nextComma(words, at, word.depth);
      if (next === undefined) return;
      comma = words[next];
      at = next + 1;
    }
  });
  return found;
}

function isInFunction(words: readonly Word[], index: number): boolean {
  const depth = words[index]?.depth ?? 0;
  for (let i = index - 1; i >= 0; i--) {
    const word = words[i];
    if (word && word.depth < depth) return word.text === "(" && functionsWithFrom.has(words[i - 1]?.value ?? "");
  }
  return false;
}

function relationAt(words: readonly Word[], start: number, comma: Word | undefined): ReadRelation | undefined {
  let at = start;
  if (words[at]?.value === "lateral") at++;
  // DuckDB's `alias: relation`.
  const ahead = words[at + 1]?.text === ":" ? words[at]?.value : undefined;
  if (ahead !== undefined) at += 2;
  const first = words[at];
  if (!first) return undefined;
  const make = (kind: ReadRelation["kind"], end: Word, parts: readonly string[] = []): ReadRelation => {
    const alias = ahead ?? (kind === "named" || kind === "template" ? aliasAt(words, words.indexOf(end) + 1) : undefined);
    return { kind, parts, start: first.start, end: end.end, comma, alias, index: at };
  };
  if (first.kind === "hole") return make("template", first);
  if (first.text === "(") return make("query", first);
  if (first.kind === "string") return make("function", first);
  if (first.kind !== "word" && first.kind !== "quoted") return undefined;
  const parts = [first.value];
  let last = first;
  for (let i = at + 1; words[i]?.text === "." && words[i + 1]; i += 2) {
    last = words[i + 1] as Word;
    parts.push(last.value);
  }
  const after = words[words.indexOf(last) + 1];
  return make(after?.text === "(" ? "function" : "named", last, parts);
}

/** Words that may stand behind a relation and are no alias. */
const joins: ReadonlySet<string> = new Set(
  "join inner left right full cross natural semi anti asof positional pivot unpivot tablesample using on at and or as".split(" "),
);

function aliasAt(words: readonly Word[], at: number): string | undefined {
  const hasAs = words[at]?.value === "as";
  const word = words[hasAs ? at + 1 : at];
  if (word?.kind === "quoted") return word.value;
  return word?.kind === "word" && (hasAs || !(clauses.has(word.value) || joins.has(word.value))) ? word.value : undefined;
}

/** The comma that leads to another relation of the same list. */
function nextComma(words: readonly Word[], from: number, depth: number): number | undefined {
  for (let i = from; i < words.length; i++) {
    const word = words[i] as Word;
    if (word.depth < depth) return undefined;
    if (word.depth > depth) continue;
    if (word.text === ",") return i;
    if (word.text === ")" || word.text === ";" || (word.kind === "word" && clauses.has(word.value))) return undefined;
  }
  return undefined;
}

export interface CommonTable {
  readonly name: string;
  /** Positions of the first word in its brackets and of the closing bracket. */
  readonly from: number;
  readonly to: number;
}

/** `name [(columns)] as [not] [materialized] (`, by the name in lower case. */
export function commonTables(words: readonly Word[]): ReadonlyMap<string, CommonTable> {
  const found = new Map<string, CommonTable>();
  words.forEach((word, i) => {
    if (word.value !== "as" || word.kind !== "word") return;
    let open = i + 1;
    if (words[open]?.value === "not") open++;
    if (words[open]?.value === "materialized") open++;
    if (words[open]?.text !== "(") return;
    let before = i - 1;
    if (words[before]?.text === ")") before = openingOf(words, before) - 1;
    const name = words[before];
    const leader = words[before - 1];
    if (
      !name ||
      (name.kind !== "word" && name.kind !== "quoted") ||
      !leader ||
      !(leader.text === "," || leader.value === "with" || leader.value === "recursive")
    )
      return;
    found.set(name.value, { name: name.value, from: open + 1, to: closingOf(words, open) });
  });
  return found;
}

function openingOf(words: readonly Word[], close: number): number {
  const depth = words[close]?.depth ?? 0;
  for (let i = close - 1; i >= 0; i--) if (words[i]?.text === "(" && words[i]?.depth === depth) return i;
  return 0;
}

function closingOf(words: readonly Word[], open: number): number {
  const depth = words[open]?.depth ?? 0;
  for (let i = open + 1; i < words.length; i++) if (words[i]?.text === ")" && words[i]?.depth === depth) return i;
  return words.length;
}
