/**
 * Text that stands in a file in another form than it is read: as a YAML scalar, indented, folded or escaped. Leads offsets of
 * the one to offsets of the other. Plain data, so that it can be kept.
 */

/** How a text is written: where it begins in its file, and its letters there. Without letters every offset is the beginning. */
export interface WrittenText {
  readonly start: number;
  readonly raw: string;
}

const alignment = Symbol("alignment");

/** The offset in the file that stands for an offset in the text as it was read. */
export function offsetInFile(written: WrittenText, text: string, offset: number): number {
  if (written.raw === "") return written.start;
  const known = written as WrittenText & { [alignment]?: Int32Array };
  // Aligned when somebody asks for the first place in it.
  known[alignment] ??= align(written.raw, text);
  const map = known[alignment];
  return written.start + (map[Math.max(0, Math.min(offset, text.length))] ?? 0);
}

/**
 * Walks the text and what is written side by side. They are the same but for indentation (skipped), folded line ends (any
 * white space matches any) and escapes (the backslash is skipped).
 */
function align(raw: string, text: string): Int32Array {
  const isLiteral = raw[0] === "|";
  const isBlock = isLiteral || raw[0] === ">";
  const isDouble = raw[0] === '"';
  let at = isDouble || raw[0] === "'" ? 1 : 0;
  if (isBlock) at = raw.indexOf("\n") + 1;
  const map = new Int32Array(text.length + 1);
  for (let i = 0; i < text.length; i++) {
    const wanted = text.charCodeAt(i);
    if (isDouble && raw[at] === "\\" && !/[\r\n]/.test(raw[at + 1] ?? "")) {
      const digits = { x: 2, u: 4, U: 8 }[raw[at + 1] ?? ""] ?? 0;
      map[i] = at;
      // Beyond the first plane one escape makes two units of the string.
      if (wanted >= 0xd800 && wanted < 0xdc00 && raw[at + 1] === "U") map[++i] = at;
      at += 2 + digits;
      continue;
    }
    const isSpace = wanted === 32 || wanted === 10 || wanted === 9;
    if (isSpace) {
      if (isLiteral && wanted === 10) while (at < raw.length && raw[at] !== "\n") at++;
      map[i] = at;
      if (/\s/.test(raw[at] ?? "")) at++;
    } else {
      while (at < raw.length && raw.charCodeAt(at) !== wanted) at++;
      map[i] = at;
      at++;
    }
  }
  map[text.length] = Math.min(at, raw.length);
  return map;
}
