/** Elements of XML as text. Every value is escaped, and characters that XML cannot hold are left out. */

export interface Element {
  readonly name: string;
  /** Attributes without a value are left out. */
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
  readonly children?: readonly Element[];
  readonly text?: string;
}

export function xmlDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elementLines(root, "").join("\n")}\n`;
}

function elementLines({ name, attributes = {}, children = [], text }: Element, indent: string): readonly string[] {
  const given = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escapeAttribute(String(value))}"`]));
  const open = `${indent}<${name}${given.join("")}`;
  // Text is not indented: white space in it would count.
  if (text !== undefined) return [`${open}>${escapeText(text)}</${name}>`];
  if (children.length === 0) return [`${open}/>`];
  return [`${open}>`, ...children.flatMap((child) => elementLines(child, `${indent}  `)), `${indent}</${name}>`];
}

/** What the production Char of XML 1.0 leaves out: control characters, lone surrogates and two code points at the end. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const notXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escapeText(text: string): string {
  return text.replace(notXml, "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#13;");
}

/** A reader turns white space in attributes into blanks unless it is written as references. */
function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}
