/** The SQL that is DuckDB's own: reading and writing files, samples. */
import { mapSql } from "../../core/mapped-text.ts";
import { quoteIdentifier, quoteLiteral } from "../../core/names.ts";
import type { Dialect } from "../../ports/dialect.ts";

const readers = { csv: "read_csv", json: "read_json", parquet: "read_parquet", excel: "read_xlsx" } as const;

/** Parquet knows no whole numbers beyond 64 bits and would get approximate ones; decimals of 38 digits are exact. */
const exactInParquet: Readonly<Record<string, string>> = { HUGEINT: "decimal(38, 0)", UHUGEINT: "decimal(38, 0)" };

export const duckdbDialect: Dialect = {
  partitionedFormats: ["parquet", "csv"],
  writeFiles: ({ rows, columns, path, format, options, partitionBy }) => {
    const exact = format === "parquet" ? columns.filter(({ type }) => exactInParquet[type] !== undefined) : [];
    const casts = exact.map(({ name, type }) => `cast(${quoteIdentifier(name)} as ${exactInParquet[type]}) as ${quoteIdentifier(name)}`).join(", ");
    const query = exact.length > 0 ? mapSql(undefined)`select * replace (${casts}) from (\n${rows}\n) as exact` : rows;
    const given = Object.entries(options).map(
      ([name, value]) => `${quoteIdentifier(name)} ${Array.isArray(value) ? `(${value.map(literal).join(", ")})` : literal(value)}`,
    );
    const partitions = partitionBy.length > 0 ? [`partition_by (${partitionBy.map(quoteIdentifier).join(", ")})`] : [];
    return mapSql(undefined)`copy (\n${query}\n) to ${quoteLiteral(path)} (${[`format ${format}`, ...partitions, ...given].join(", ")})`;
  },
  findFiles: (location) => `select file from glob(${quoteLiteral(location)})`,
  describeFiles: (location) => `select filename, size, last_modified from read_blob(${quoteLiteral(location)}) order by filename`,
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
