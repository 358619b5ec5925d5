/**
 * DuckDB's client, and the only place that loads it. It is asked for with `require`: where its hundreds of CommonJS files are
 * imported, Node reads each of them for its exports first, which takes longer than loading them.
 */
import { createRequire } from "node:module";

const client = createRequire(import.meta.url)("@duckdb/node-api") as typeof import("@duckdb/node-api");

export const {
  arrayValue,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBTypeId,
  JSDuckDBValueConverter,
  JSToDuckDBValueConverter,
  listValue,
  mapValue,
  structValue,
} = client;

export type { DuckDBDecimalValue as DecimalValue, DuckDBTypeId as TypeId } from "@duckdb/node-api";
