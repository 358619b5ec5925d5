/** Adds rows to a table through DuckDB's appender, chunk by chunk, inside the transaction of its connection. */
import type { DuckDBConnection, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { type Appender, ValueProblem } from "../../ports/engine.ts";
import { toEngineError } from "./errors.ts";
import { DuckDBDataChunk } from "./node-api.ts";
import { Misfit, toDuckDBValue } from "./to-duckdb-value.ts";

/** What DuckDB works on at once. */
const chunkRows = 2048;

export async function createAppender(raw: DuckDBConnection, table: { readonly schema: string; readonly name: string }): Promise<Appender> {
  const appender = await guard(() => raw.createAppender(table.name, table.schema));
  const types = Array.from({ length: appender.columnCount }, (_, i) => appender.columnType(i));
  return {
    append: (columns, rows) =>
      guard(async () => {
        for (let start = 0; start < rows; start += chunkRows) {
          const count = Math.min(chunkRows, rows - start);
          const chunk = DuckDBDataChunk.create(types, count);
          chunk.setColumns(types.map((type, i) => convertColumn(columns[i] ?? [], type, i, start, count)));
          appender.appendDataChunk(chunk);
        }
      }),
    close: () => guard(async () => appender.closeSync()),
    discard: async () => {
      try {
        appender.clear();
        appender.closeSync();
      } catch {
        // It had failed before, and holds nothing any more.
      }
    },
  };
}

function convertColumn(values: readonly unknown[], type: DuckDBType, column: number, start: number, count: number): DuckDBValue[] {
  const converted = new Array<DuckDBValue>(count);
  for (let i = 0; i < count; i++) {
    try {
      converted[i] = toDuckDBValue(values[start + i], type);
    } catch (error) {
      if (error instanceof Misfit) throw new ValueProblem(column, start + i, error.message, String(type.alias ?? type));
      throw error;
    }
  }
  return converted;
}

async function guard<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof ValueProblem ? error : toEngineError(error, "");
  }
}
