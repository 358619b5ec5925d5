/** A small, strict reader of XML: what it does not know, or what is not well-formed, is an error. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly in it. */
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decode(text: string): string {
  if (/[<>]/.test(text)) throw new Error(`a bare < or > in ${JSON.stringify(text)}`);
  return text.replace(/&(?:#(\d+)|(\w+));|&/g, (whole, code: string | undefined, name: string | undefined) => {
    if (code !== undefined) return String.fromCodePoint(Number(code));
    const found = name && entities[name];
    if (!found) throw new Error(`a bare & or an unknown entity: ${whole}`);
    return found;
  });
}

export function readXml(document: string): XmlElement {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!document.startsWith(declaration)) throw new Error("no XML declaration");
  for (const char of document) {
    const code = char.codePointAt(0) ?? 0;
    const isChar = code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
    if (!isChar) throw new Error(`U+${code.toString(16)} is no character of XML`);
  }
  const tag = /<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>|([^<]+)/y;
  tag.lastIndex = declaration.length;
  const root = { name: "", attributes: {}, children: [] as XmlElement[], text: "" };
  const open: { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string }[] = [root];
  while (tag.lastIndex < document.length) {
    const at = tag.lastIndex;
    const match = tag.exec(document);
    if (!match) throw new Error(`cannot read ${JSON.stringify(document.slice(at, at + 60))}`);
    const [, close, name = "", attributes = "", empty, text] = match;
    const inside = open.at(-1) ?? root;
    if (text !== undefined) inside.text += decode(text);
    else if (close) {
      if (inside.name !== name) throw new Error(`</${name}> closes <${inside.name}>`);
      open.pop();
    } else {
      const found = [...attributes.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, decode(value)] as const);
      if (new Set(found.map(([key]) => key)).size !== found.length) throw new Error(`an attribute stands twice in <${name}>`);
      const made = { name, attributes: Object.fromEntries(found), children: [], text: "" };
      inside.children.push(made);
      if (!empty) open.push(made);
    }
  }
  if (open.length !== 1 || root.children.length !== 1 || root.text.trim() !== "") throw new Error("not one whole element");
  return root.children[0] as XmlElement;
}
