/**
 * A large JSON object as text, piece by piece, so that neither the whole object nor the whole text has to be in memory at
 * once: that is most of the cost of a manifest with thousands of nodes. Pure.
 */

/** An object of objects; the entries of the inner ones are made when it is their turn. */
export type Sections = Readonly<Record<string, Iterable<readonly [key: string, value: unknown]>>>;

/** One entry a line, so that two files can be compared and searched by line. No entry is split between pieces. */
export function* jsonPieces(sections: Sections): Generator<string> {
  let separator = "{";
  for (const [name, entries] of Object.entries(sections)) {
    yield `${separator}${JSON.stringify(name)}:{`;
    separator = "\n";
    for (const [key, value] of entries) {
      yield `${separator}${JSON.stringify(key)}:${JSON.stringify(value)}`;
      separator = ",\n";
    }
    yield "}";
    separator = ",\n";
  }
  yield "}\n";
}

/** The same as a value. */
export function collectSections(sections: Sections): Record<string, Record<string, unknown>> {
  return Object.fromEntries(Object.entries(sections).map(([name, entries]) => [name, Object.fromEntries(entries)]));
}
