/**
 * A person's identifiers as they are staged and kept: the cells that are not empty, each as `KEY=cell`, one a line, in the
 * order of the keys. One text rather than a list, because millions of them are compared and read. The order in which an
 * export declares its identifiers changes nothing, and what was sent can be laid out again for a delivery with other
 * columns. Knows neither plain values nor SQL.
 */

/** Stands between people in longer texts, and in none of their own. */
export const personMark = "\x1e";

/** Packs cells that come in the order of `keys`; those without a key are left out. Equal people have equal texts. */
export function identifierPacker(keys: readonly (string | undefined)[]): (cells: readonly string[]) => string {
  const places = keys.flatMap((key, place) => (key === undefined ? [] : [{ prefix: `${key}=`, key, place }]));
  places.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return (cells) => {
    let packed = "";
    for (const { prefix, place } of places) {
      const cell = cells[place];
      if (cell) packed += `${packed === "" ? "" : "\n"}${prefix}${escapeMarks(cell)}`;
    }
    return packed;
  };
}

/** The keys that are there, each once. */
export function keysOf(identifiers: string): readonly string[] {
  return [...new Set(identifiers.split("\n").map(keyOf))];
}

/** Turns packed identifiers into a cell for each of the delivery's columns, "" where there is none. */
export function cellLayout(columns: readonly string[]): (identifiers: string) => readonly string[] {
  const places = new Map<string, number[]>();
  for (const [i, column] of columns.entries()) places.set(column, [...(places.get(column) ?? []), i]);
  const empty = columns.map(() => "");
  return (identifiers) => {
    const cells = [...empty];
    for (const line of identifiers.split("\n")) {
      const at = line.indexOf("=");
      const free = places.get(line.slice(0, at))?.find((place) => cells[place] === "");
      if (free !== undefined) cells[free] = unescapeMarks(line.slice(at + 1));
    }
    return cells;
  };
}

function keyOf(identifier: string): string {
  return identifier.slice(0, identifier.indexOf("="));
}

/** Codes that are passed on as they are may have line ends in them, and the mark that people are staged by. */
function escapeMarks(cell: string): string {
  if (!(cell.includes("\\") || cell.includes("\n") || cell.includes(personMark))) return cell;
  return cell.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll(personMark, "\\e");
}

const marks: Readonly<Record<string, string>> = { n: "\n", e: personMark, "\\": "\\" };

function unescapeMarks(cell: string): string {
  return cell.includes("\\") ? cell.replace(/\\([ne\\])/g, (_, mark: string) => marks[mark] ?? "") : cell;
}
