/** Masks personal data in the rows of a query, in SQL, so that it never leaves the database. */
import type { Privacy } from "../compile/privacy.ts";
import { quoteIdentifier } from "../core/names.ts";
import type { ResultColumn } from "../ports/engine.ts";

/** What the built-in tests count; nobody's data. */
const counted: ReadonlySet<string> = new Set(["n_records", "n_rows", "most_recent"]);

/** The masked value keeps NULL apart from a value, and nothing else. */
export function maskRows(query: string, columns: readonly ResultColumn[], privacy: Privacy): string {
  if (privacy.pii.length === 0) return query;
  const list = columns.map(({ name }) => {
    const quoted = quoteIdentifier(name);
    return isMaskedColumn(name, privacy) ? `case when ${quoted} is not null then '***' end as ${quoted}` : quoted;
  });
  return `select ${list.join(", ")} from (\n${query}\n) as unmasked`;
}

export function isMaskedColumn(name: string, { pii, declared }: Privacy): boolean {
  const lower = name.toLowerCase();
  return pii.includes(lower) || (pii.length > 0 && !(declared.includes(lower) || counted.has(lower)));
}
