/** Breaks a line that is too long before an operator. Moves white space only. */

export const widest = 120;

export interface Line {
  readonly indent: number;
  readonly text: string;
}

/** What is still too long is broken before the last operator, outside of as many brackets as can be, that leaves a line that fits. */
export function wrapLine(line: Line): readonly Line[] {
  if (line.indent + line.text.length <= widest || line.text.startsWith("--")) return [line];
  const place = placeToBreak(line.text, widest - line.indent);
  if (place === undefined) return [line];
  return [
    { ...line, text: line.text.slice(0, place).trimEnd() },
    { indent: line.indent + 2, text: line.text.slice(place).trimStart() },
  ];
}

function placeToBreak(text: string, width: number): number | undefined {
  const places: { readonly index: number; readonly depth: number }[] = [];
  let depth = 0;
  for (const { 0: found, index } of text.matchAll(/'[^']*'|"[^"]*"|--.*|['"]|[([{]|[)\]}]|\s(?=(?:[-+*/]|\|\||then|<>|[<>]=?|=)\s)/gi)) {
    if (/^(?:--|['"]$)/.test(found)) return undefined;
    if (/^[([{]/.test(found)) depth++;
    else if (/^[)\]}]/.test(found)) depth--;
    else if (/^\s/.test(found) && index > 0 && index <= width) places.push({ index, depth });
  }
  const shallowest = Math.min(...places.map((place) => place.depth));
  return places.findLast((place) => place.depth === shallowest)?.index;
}
