/**
 * DuckDB's values as JavaScript works with them: numbers (a bigint only where a number would not be exact), instants as
 * Date, and days and times as text, which sorts and compares and has no time zone to fall over.
 */
import type { DuckDBType, DuckDBValue, DuckDBValueConverter, JS } from "@duckdb/node-api";
import { DuckDBTypeId, JSDuckDBValueConverter, type TypeId } from "./node-api.ts";

const asText: ReadonlySet<TypeId> = new Set([DuckDBTypeId.DATE, DuckDBTypeId.TIME, DuckDBTypeId.TIME_TZ, DuckDBTypeId.TIME_NS]);

export const fromDuckDBValue: DuckDBValueConverter<JS> = (value: DuckDBValue, type: DuckDBType, converter: DuckDBValueConverter<JS>): JS | null => {
  if (value === null || value === undefined) return null;
  if (asText.has(type.typeId)) return String(value);
  const converted = JSDuckDBValueConverter(value, type, converter);
  return typeof converted === "bigint" && Number.isSafeInteger(Number(converted)) ? Number(converted) : converted;
};
