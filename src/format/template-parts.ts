/**
 * Takes a template apart into SQL and the pieces that are kept whole, and puts stand-ins where these stood: a name where a
 * piece stands among SQL, a comment where it has its lines to itself and means no value. Pure.
 */
import { lineStarts, positionAt } from "../core/span.ts";
import { isTrivia, type Range, sqlTokens } from "../core/sql-tokens.ts";
import { type TemplateTag, templateTags } from "../parse/template-tags.ts";
import { reservedWords } from "./reserved-words.ts";

interface Part extends Range {
  /** Whether a name in its place would be taken for an alias or break a clause: then a comment stands for it. */
  readonly isLine: boolean;
}

export interface Masked {
  readonly sql: string;
  /** Puts the pieces back where their stand-ins are. */
  readonly restore: (sql: string) => string;
}

/** `undefined` for a template that cannot be taken apart. `widest` is the length at which a stand-in is never joined with anything. */
export function maskTemplate(text: string, widest: number): Masked | undefined {
  const tags = templateTags(text);
  if (!tags) return undefined;
  const parts = findParts(text, tags);
  const stem = freeWord(text);
  // The last letter keeps it apart from whatever the tag grows together with.
  const name = (index: number, length: number): string => `${stem}${index}${"_".repeat(Math.max(0, length - stem.length - String(index).length - 1))}z`;
  let sql = "";
  let done = 0;
  parts.forEach(({ start, end, isLine }, i) => {
    const length = text.slice(start, end).includes("\n") ? widest : Math.min(end - start, widest);
    sql += text.slice(done, start) + (isLine ? `--${name(i, 0)}` : name(i, length));
    done = end;
  });
  const pattern = new RegExp(`(?:--)?${stem}(\\d+)_*z`, "g");
  return {
    sql: sql + text.slice(done),
    restore: (laidOut) =>
      laidOut.replace(pattern, (_, index: string) => {
        const part = parts[Number(index)];
        return part ? text.slice(part.start, part.end) : "";
      }),
  };
}

function freeWord(text: string): string {
  let word = "tag";
  while (text.includes(word)) word += "x";
  return word;
}

/**
 * A block whose every tag has its line to itself is open: the SQL inside is laid out like any other. All other blocks are
 * one piece from their first brace to their last.
 */
function findParts(text: string, tags: readonly TemplateTag[]): readonly Part[] {
  const starts = lineStarts(text);
  const isAlone = ({ start, end }: Range): boolean => {
    const first = starts[positionAt(starts, start).line - 1] ?? 0;
    const next = starts[positionAt(starts, end).line] ?? text.length;
    return text.slice(first, start).trim() === "" && text.slice(end, next).trim() === "";
  };
  const continues = valueContinues(text, tags);
  const parts: Part[] = [];
  for (let i = 0; i < tags.length; i++) {
    const tag = tags[i] as TemplateTag;
    if (tag.kind === "value" || tag.kind === "macro") parts.push({ start: tag.start, end: tag.end, isLine: isAlone(tag) && continues(tag) });
    else if (tag.kind !== "open") parts.push({ start: tag.start, end: tag.end, isLine: isAlone(tag) });
    else {
      const own = blockTags(tags, i);
      const last = own.at(-1) ?? tag;
      if (own.every(isAlone)) {
        parts.push({ start: tag.start, end: tag.end, isLine: true });
        continue;
      }
      const whole = { start: tag.start, end: last.end };
      parts.push({ ...whole, isLine: isAlone(whole) && continues(whole) });
      while (i + 1 < tags.length && (tags[i + 1] as TemplateTag).start < last.end) i++;
    }
  }
  return parts;
}

/** The tag that opens a block, its own else tags and the one that closes it. */
function blockTags(tags: readonly TemplateTag[], index: number): readonly TemplateTag[] {
  const own: TemplateTag[] = [tags[index] as TemplateTag];
  let depth = 1;
  for (let i = index + 1; i < tags.length && depth > 0; i++) {
    const tag = tags[i] as TemplateTag;
    if (tag.kind === "open") depth++;
    if (tag.kind === "close") depth--;
    if (depth === 0 || (depth === 1 && tag.kind === "else")) own.push(tag);
  }
  return own;
}

/** Whether a piece comes right after a value, so that it continues the query by clauses of its own: a name there would be an alias. */
function valueContinues(text: string, tags: readonly TemplateTag[]): (range: Range) => boolean {
  const tokens = sqlTokens(text, tags).filter((token) => !isTrivia(token));
  return ({ start }) => {
    const before = tokens.findLast((token) => token.end <= start);
    if (!before) return true;
    if (before.kind === "symbol") return before.text === ")";
    return !(before.kind === "word" && reservedWords.has(before.text.toLowerCase()));
  };
}
