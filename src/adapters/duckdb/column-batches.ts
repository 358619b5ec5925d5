/**
 * Results of any length, column by column. A value of text costs a call into DuckDB and a buffer of its own, which for millions of
 * rows is more than all the rest; so all texts of a row travel as one, a JSON list. Other types are read as they are.
 */
import { type DuckDBConnection, type DuckDBType, DuckDBTypeId, JsonDuckDBValueConverter } from "@duckdb/node-api";
import type { ColumnBatch } from "../../ports/engine.ts";
import { plainNumbers } from "./plain-numbers.ts";

export async function* columnBatches(raw: DuckDBConnection, sql: string): AsyncGenerator<ColumnBatch> {
  const types = await columnTypes(raw, sql);
  const texts = types.flatMap((type, i) => (isText(type) ? [i] : []));
  const result = await raw.stream(texts.length < 2 ? sql : joinTexts(sql, types, texts));
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return;
    const read = chunk.convertColumns(JsonDuckDBValueConverter) as (readonly unknown[])[];
    const columns = texts.length < 2 ? read : splitTexts(read, texts);
    yield { rows: chunk.rowCount, columns: columns.map((values, i) => plainNumbers(values, String(types[i]))) };
  }
}

async function columnTypes(raw: DuckDBConnection, sql: string): Promise<readonly DuckDBType[]> {
  const prepared = await raw.prepare(sql);
  const types = Array.from({ length: prepared.columnCount }, (_, i) => prepared.columnType(i));
  prepared.destroySync();
  return types;
}

/** JSON is text with another name, and would be no text in a list. */
function isText(type: DuckDBType): boolean {
  return type.typeId === DuckDBTypeId.VARCHAR && type.alias === undefined;
}

function joinTexts(sql: string, types: readonly DuckDBType[], texts: readonly number[]): string {
  const names = types.map((_, i) => `c${i}`);
  const list = `json_array(${texts.map((i) => names[i]).join(", ")})::varchar`;
  const others = names.filter((_, i) => !texts.includes(i));
  return `select ${[list, ...others].join(", ")} from (\n${sql}\n) as result(${names.join(", ")})`;
}

function splitTexts([lists = [], ...others]: readonly (readonly unknown[])[], texts: readonly number[]): readonly (readonly unknown[])[] {
  const rows = JSON.parse(`[${lists.join(",")}]`) as readonly (readonly unknown[])[];
  const columns: (readonly unknown[])[] = [];
  for (const [place, i] of texts.entries()) columns[i] = rows.map((row) => row[place]);
  for (let i = 0, other = 0; other < others.length; i++) if (!(i in columns)) columns[i] = others[other++] as readonly unknown[];
  return columns;
}
