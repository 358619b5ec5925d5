/** Names and how they are written: SQL quoting, shell-style globs, slugs. Pure text functions without any state. */

/** A double-quoted SQL identifier. */
export function quoteIdentifier(name: string): string {
  return name.includes('"') ? `"${name.replaceAll('"', '""')}"` : `"${name}"`;
}

/** A single-quoted SQL string. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** True when the text has a character that makes it a pattern. */
export function isGlob(text: string): boolean {
  return /[*?[\]]/.test(text);
}

/**
 * A regular expression for a pattern as Python's `fnmatch` reads it, which dbt's selectors use: `*` any text, `?` one
 * character, `[seq]` and `[!seq]` sets; `/` is a character like any other.
 */
export function globToRegExp(pattern: string): RegExp {
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === "*") source += "[\\s\\S]*";
    else if (char === "?") source += "[\\s\\S]";
    else if (char === "[") {
      const from = pattern[i + 1] === "!" ? i + 2 : i + 1;
      const close = pattern.indexOf("]", from + 1);
      if (close < 0) source += "\\[";
      else {
        const set = pattern.slice(from, close).replaceAll("\\", "\\\\").replaceAll("^", "\\^").replaceAll("]", "\\]");
        source += `[${from === i + 2 ? "^" : ""}${set}]`;
        i = close;
      }
    } else source += char.replace(/[.+^${}()|\\\]]/g, "\\$&");
  }
  return new RegExp(`^${source}$`);
}

export function matchesGlob(text: string, pattern: string): boolean {
  return isGlob(pattern) ? globToRegExp(pattern).test(text) : text === pattern;
}

/** A list for people: `a`, `a and b`, `a, b and c`. */
export function listOf(items: readonly string[], word = "and"): string {
  if (items.length <= 1) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} ${word} ${items[items.length - 1]}`;
}

/** `a; b; c and 2 more` */
export function listFirst(items: readonly string[], most: number, separator = "; "): string {
  const left = items.length - most;
  return `${items.slice(0, most).join(separator)}${left > 0 ? ` and ${left} more` : ""}`;
}

/** `12,345`. A whole number as `toLocaleString` writes it, which takes as long the first time as all of a small project. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `1 row`, `2 rows`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : many}`;
}
