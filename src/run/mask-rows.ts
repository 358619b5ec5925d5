/** Masks personal data in the rows of a query, in SQL, so that it never leaves the database. */
import type { Privacy } from "../compile/privacy.ts";
import { quoteIdentifier } from "../core/names.ts";
import type { ResultColumn } from "../ports/engine.ts";

const plainValues = /^(BOOLEAN|U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|DECIMAL.*|FLOAT|DOUBLE|DATE|TIME.*|INTERVAL)$/;

/** The masked value keeps NULL apart from a value, and nothing else. */
export function maskRows(query: string, columns: readonly ResultColumn[], { pii, declared }: Privacy): string {
  const isMasked = ({ name, type }: ResultColumn): boolean => {
    const lower = name.toLowerCase();
    if (pii.includes(lower)) return true;
    return pii.length > 0 && !plainValues.test(type) && !declared.includes(lower);
  };
  if (!columns.some(isMasked)) return query;
  const list = columns.map((column) => {
    const quoted = quoteIdentifier(column.name);
    return isMasked(column) ? `case when ${quoted} is not null then '***' end as ${quoted}` : quoted;
  });
  return `select ${list.join(", ")} from (\n${query}\n) as unmasked`;
}
