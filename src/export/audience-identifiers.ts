/**
 * A person's identifiers as they are staged and kept: the cells that are not empty, each as `KEY=cell`, in the order of
 * the keys. The order in which an export declares its identifiers changes nothing, and what was sent can be laid out
 * again for a delivery with other columns. Knows neither plain values nor SQL.
 */

/** `cells` in the order of `keys`; both sorted alike for everybody, so that equal people have equal lists. */
export function packIdentifiers(keys: readonly string[], cells: readonly string[]): readonly string[] {
  return keys.flatMap((key, i) => (cells[i] ? [`${key}=${cells[i]}`] : [])).sort(byKey);
}

export function keyOf(identifier: string): string {
  return identifier.slice(0, identifier.indexOf("="));
}

/** A cell for each of the delivery's columns, "" where there is none. */
export function layOutCells(identifiers: readonly string[], columns: readonly string[]): readonly string[] {
  const left = identifiers.map((identifier) => ({ key: keyOf(identifier), cell: identifier.slice(identifier.indexOf("=") + 1) }));
  return columns.map((column) => {
    const at = left.findIndex(({ key }) => key === column);
    return at < 0 ? "" : (left.splice(at, 1)[0]?.cell ?? "");
  });
}

function byKey(a: string, b: string): number {
  const [first, second] = [keyOf(a), keyOf(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}
