/**
 * A person's identifiers as they are staged and kept: the cells that are not empty, each as `KEY=cell`, one a line, in the
 * order of the keys. One text rather than a list, because millions of them are compared and read. The order in which an
 * export declares its identifiers changes nothing, and what was sent can be laid out again for a delivery with other
 * columns. Knows neither plain values nor SQL.
 */

/** `cells` in the order of `keys`, those without a key left out; sorted alike for everybody, so that equal people have equal texts. */
export function packIdentifiers(keys: readonly (string | undefined)[], cells: readonly string[]): string {
  const packed: string[] = [];
  for (let i = 0; i < keys.length; i++) if (keys[i] !== undefined && cells[i]) packed.push(`${keys[i]}=${escapeLines(cells[i] as string)}`);
  return packed.sort(byKey).join("\n");
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
      if (free !== undefined) cells[free] = unescapeLines(line.slice(at + 1));
    }
    return cells;
  };
}

function keyOf(identifier: string): string {
  return identifier.slice(0, identifier.indexOf("="));
}

/** Codes that are passed on as they are may have line ends in them. */
function escapeLines(cell: string): string {
  return /[\n\\]/.test(cell) ? cell.replaceAll("\\", "\\\\").replaceAll("\n", "\\n") : cell;
}

function unescapeLines(cell: string): string {
  return cell.includes("\\") ? cell.replace(/\\([n\\])/g, (_, mark) => (mark === "n" ? "\n" : "\\")) : cell;
}

function byKey(a: string, b: string): number {
  const [first, second] = [keyOf(a), keyOf(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}
