/** One DuckDB connection behind the Connection port: one thing at a time, plain values out, EngineError on failure. */
import type { DuckDBConnection, DuckDBResult, DuckDBValue } from "@duckdb/node-api";
import { quoteLiteral } from "../../core/names.ts";
import type { ColumnBatch, Connection, QueryNames, ResultColumn, ResultSet, Row } from "../../ports/engine.ts";
import { createAppender } from "./appender.ts";
import { columnBatches } from "./column-batches.ts";
import { copyRelation } from "./copy-relation.ts";
import { toEngineError } from "./errors.ts";
import { fromDuckDBValue } from "./from-duckdb-value.ts";
import { namesIn } from "./names-in.ts";
import { isWholeNumber, plainNumber } from "./plain-numbers.ts";
import { comparable, readSyntaxTrees } from "./syntax-tree.ts";

export function createConnection(raw: DuckDBConnection): Connection {
  const guard = async <T>(sql: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw toEngineError(error, sql);
    }
  };
  const connection: Connection = {
    execute: (sql) =>
      guard(sql, async () => {
        await raw.run(sql);
      }),
    query: (sql, parameters = []) =>
      guard(sql, async (): Promise<ResultSet> => {
        const result = parameters.length > 0 ? await raw.run(sql, parameters as DuckDBValue[]) : await raw.run(sql);
        const columns = columnsOf(result);
        const rows = (await result.getRowObjectsJson()) as readonly Record<string, unknown>[];
        return { columns, rows: rows.map((row) => plainRow(row, columns)) };
      }),
    columns: async function* (sql): AsyncGenerator<ColumnBatch> {
      const batches = columnBatches(raw, sql);
      try {
        for (;;) {
          const next = await guard(sql, () => batches.next());
          if (next.done) return;
          yield next.value;
        }
      } finally {
        await batches.return(undefined);
      }
    },
    read: async function* (sql): AsyncGenerator<readonly Row[]> {
      const result = await guard(sql, () => raw.stream(sql));
      const batches = result.yieldConvertedRowObjects(fromDuckDBValue);
      for (;;) {
        const next = await guard(sql, () => batches.next());
        if (next.done) return;
        yield next.value;
      }
    },
    append: (table) => createAppender(raw, table),
    saveRows: (query, path, format) =>
      guard(query, async () => {
        await raw.run(`copy (\n${query}\n) to ${quoteLiteral(path)} (format ${format}${format === "csv" ? ", header true" : ""})`);
      }),
    copyRelation: (request) => copyRelation(connection, request),
    namesIn: async (queries) => {
      const found: (QueryNames | undefined)[] = [];
      for await (const read of readSyntaxTrees(raw, queries)) found.push(read.kind === "tree" ? namesIn(read.tree) : undefined);
      return found;
    },
    syntaxOf: async (query) => {
      for await (const read of readSyntaxTrees(raw, [query])) return read.kind === "tree" ? { kind: "tree", tree: comparable(read.tree) } : read;
      return { kind: "unknown" };
    },
    interrupt: () => raw.interrupt(),
    close: () => raw.closeSync(),
  };
  return connection;
}

function columnsOf(result: DuckDBResult): readonly ResultColumn[] {
  const types = result.columnTypes();
  return result.deduplicatedColumnNames().map((name, i) => ({ name, type: String(types[i]) }));
}

function plainRow(row: Record<string, unknown>, columns: readonly ResultColumn[]): Row {
  for (const { name, type } of columns) if (isWholeNumber(type)) row[name] = plainNumber(row[name]);
  return row;
}
