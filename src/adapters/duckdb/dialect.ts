/** The SQL that is DuckDB's own: reading files in place. */
import { quoteIdentifier, quoteLiteral } from "../../core/names.ts";
import type { Dialect } from "../../ports/dialect.ts";

const readers = { csv: "read_csv", json: "read_json", parquet: "read_parquet", excel: "read_xlsx" } as const;

export const duckdbDialect: Dialect = {
  // TABLESAMPLE takes other rows with other threads; a hash does not. A key is text, so that 7 and '7' are the same person.
  sampleRows: ({ from, percent, key }) =>
    `select * from ${from} as sampled where hash(${key === undefined ? "sampled" : `cast(${quoteIdentifier(key)} as varchar)`}) % 10000 < ${Math.round(percent * 100)}`,
  readFiles: ({ format, location, options, types }) => {
    const all = format === "csv" && Object.keys(types).length > 0 && !("columns" in options) && !("types" in options) ? { ...options, types } : options;
    const parts = Object.entries(all).map(([name, value]) => `${name} = ${literal(value)}`);
    return `${readers[format]}(${[quoteLiteral(location), ...parts].join(", ")})`;
  },
  // The content is not read, because it is not asked for.
  filesWrittenAt: (location) => `select max(last_modified) from read_blob(${quoteLiteral(location)})`,
};

function literal(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value)
      .map(([key, item]) => `${quoteLiteral(key)}: ${literal(item)}`)
      .join(", ")}}`;
  return quoteLiteral(String(value));
}
