/**
 * SQL as a list of tokens that together are the whole text: words, names, strings, comments, white space. Knows how DuckDB
 * writes these and nothing of what they mean. `holes` are ranges that are no SQL, such as the expressions of a template;
 * each becomes one token, wherever it stands.
 */

export type TokenKind = "space" | "comment" | "string" | "quoted" | "word" | "number" | "symbol" | "hole";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset in the text. */
  readonly start: number;
  readonly end: number;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ["space", /\s+/y],
  ["comment", /--[^\r\n]*/y],
  ["string", /[ex]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|(\$(?:[a-z_]\w*)?\$)[\s\S]*?\1/iy],
  ["quoted", /"(?:[^"]|"")*"/y],
  ["number", /(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d+)?/iy],
  ["word", /[\p{L}_][\p{L}\p{N}_$]*/uy],
  ["symbol", /::|<=>|<=|>=|<>|!=|\|\||->>|->|=>|:=|==|\*\*|\/\/|[\s\S]/y],
];

export function sqlTokens(text: string, holes: readonly Range[] = []): readonly Token[] {
  const tokens: Token[] = [];
  let next = 0;
  const push = (kind: TokenKind, start: number, end: number): void => {
    tokens.push({ kind, text: text.slice(start, end), start, end });
  };
  for (let at = 0; at < text.length; ) {
    const hole = holes[next];
    if (hole && hole.start === at) {
      push("hole", at, hole.end);
      at = hole.end;
      next++;
      continue;
    }
    const [kind, end] = tokenAt(text, at);
    // A hole inside a string or a comment belongs to it; what the hole ends in the middle of is cut there.
    const inside = kind === "string" || kind === "comment" || kind === "quoted";
    let cut = end;
    while (holes[next] !== undefined && (holes[next] as Range).start < cut) {
      if (!inside) cut = (holes[next] as Range).start;
      else {
        cut = Math.max(cut, (holes[next] as Range).end);
        next++;
      }
    }
    push(kind, at, cut);
    at = cut;
  }
  return tokens;
}

function tokenAt(text: string, at: number): readonly [TokenKind, number] {
  if (text.startsWith("/*", at)) return ["comment", blockCommentEnd(text, at)];
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    if (pattern.test(text)) return [kind, pattern.lastIndex];
  }
  return ["symbol", at + 1];
}

/** Block comments nest. */
function blockCommentEnd(text: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(text); found; found = mark.exec(text)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return text.length;
}

/** White space and comments, which mean nothing to the database. */
export function isTrivia({ kind }: Token): boolean {
  return kind === "space" || kind === "comment";
}
