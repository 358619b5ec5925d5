/**
 * The tags of a template as ranges of its text, in order: what stands in {{ }}. For those who must keep the text between
 * and the tags themselves apart, which the syntax tree does not allow. The template has to be one that parses.
 */

export type TagKind = "value" | "macro" | "open" | "else" | "close" | "comment";

export interface TemplateTag {
  readonly kind: TagKind;
  readonly start: number;
  readonly end: number;
  /** The helper, macro or block; the first word of a value. */
  readonly name: string;
}

/** `undefined` for what cannot be taken apart: raw blocks, and text that does not parse. */
export function templateTags(text: string): readonly TemplateTag[] | undefined {
  const tags: TemplateTag[] = [];
  for (let at = text.indexOf("{{"); at >= 0; ) {
    const backslashes = /\\*$/.exec(text.slice(Math.max(0, at - 2), at))?.[0].length ?? 0;
    if (backslashes === 1) {
      // An escaped tag is text.
      at = text.indexOf("{{", at + 2);
      continue;
    }
    if (text.startsWith("{{{{", at)) return undefined;
    const end = tagEnd(text, at);
    if (end === undefined) return undefined;
    tags.push(describe(text, at, end));
    at = text.indexOf("{{", end);
  }
  return tags;
}

function tagEnd(text: string, start: number): number | undefined {
  const opening = /\{\{~?(!--|!|\{)?/y;
  opening.lastIndex = start;
  const mark = opening.exec(text)?.[1];
  const closing = mark === "!--" ? /--~?\}\}/g : mark === "!" ? /\}\}/g : mark === "{" ? /\}~?\}\}/g : undefined;
  if (closing) {
    closing.lastIndex = opening.lastIndex;
    return closing.test(text) ? closing.lastIndex : undefined;
  }
  // Braces inside of strings and of [segments] close nothing.
  const part = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|\[[^\]]*\]|~?\}\}/g;
  part.lastIndex = opening.lastIndex;
  for (let found = part.exec(text); found; found = part.exec(text)) if (found[0].endsWith("}}")) return part.lastIndex;
  return undefined;
}

function describe(text: string, start: number, end: number): TemplateTag {
  const [, mark = "", name = ""] = /^\{\{~?\{?\s*([#/^>!&]?>?)\s*([\w.@/-]*)/.exec(text.slice(start, end)) ?? [];
  return { kind: kindOf(mark, name), start, end, name };
}

function kindOf(mark: string, name: string): TagKind {
  if (mark === "!") return "comment";
  if (mark.startsWith("#")) return "open";
  if (mark === "/") return "close";
  if (mark === ">") return "macro";
  if (mark === "^" || name === "else") return "else";
  return "value";
}
