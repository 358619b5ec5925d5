/** Reads the first record of a CSV text, as RFC 4180 quotes it. A byte-order mark is no part of the first name. */

/** The names in the header; empty for an empty file. */
export function readCsvHeader(text: string, delimiter: string): readonly string[] {
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const names: string[] = [];
  let name = "";
  let quoted = false;
  for (let i = 0; i < body.length; i++) {
    const char = body[i] as string;
    if (quoted) {
      if (char !== '"') name += char;
      else if (body[i + 1] === '"') {
        name += '"';
        i++;
      } else quoted = false;
    } else if (char === '"' && name === "") quoted = true;
    else if (char === delimiter) {
      names.push(name);
      name = "";
    } else if (char === "\n" || char === "\r") break;
    else name += char;
  }
  return body === "" ? [] : [...names, name];
}
