/** Writes rows as a folder of partitions, `column=value/…`, by the database where it can and one partition after another where not. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { stagedRows } from "../../compile/materializations/incremental/strategy.ts";
import { type MappedText, mapSql, plainText } from "../../core/mapped-text.ts";
import { quoteIdentifier, quoteLiteral } from "../../core/names.ts";
import type { FileStage } from "../../plan/plan.ts";
import type { Dialect } from "../../ports/dialect.ts";
import type { Connection, ResultColumn } from "../../ports/engine.ts";
import { execute } from "../statement.ts";

export interface PartitionedRows {
  readonly rows: MappedText;
  readonly columns: readonly ResultColumn[];
  /** The folder to fill. */
  readonly target: string;
}

export async function copyPartitions(connection: Connection, dialect: Dialect, files: FileStage, { rows, columns, target }: PartitionedRows): Promise<void> {
  const { format, options, partitionBy } = files;
  const write = (request: { rows: MappedText; path: string; columns: readonly ResultColumn[]; partitionBy: readonly string[] }) =>
    execute(connection, dialect.writeFiles({ format, options, ...request }));
  if (dialect.partitionedFormats.includes(format)) {
    await write({ rows, path: target, columns, partitionBy });
    return;
  }
  await execute(connection, mapSql(undefined)`create or replace temp table ${stagedRows} as (\n${rows}\n)`);
  try {
    const names = partitionBy.map(quoteIdentifier);
    const own = new Set(partitionBy.map((column) => column.toLowerCase()));
    const rest = columns.filter(({ name }) => !own.has(name.toLowerCase()));
    // Text, so that a value comes back to the database as exactly what it is.
    const list = names.map((name, i) => `cast(${name} as varchar) as k${i}`).join(", ");
    const { rows: partitions } = await connection.query(`select distinct ${list} from ${stagedRows} order by all`);
    for (const partition of partitions) {
      const values = names.map((_, i) => partition[`k${i}`] as string | null);
      const path = `${target}/${partitionBy.map((column, i) => folderName(column, values[i] ?? null)).join("/")}/data_0.${format}`;
      mkdirSync(dirname(path), { recursive: true });
      const here = names
        .map((name, i) => `cast(${name} as varchar) is not distinct from ${values[i] === null || values[i] === undefined ? "null" : quoteLiteral(values[i])}`)
        .join(" and ");
      const sql = `select ${rest.map(({ name }) => quoteIdentifier(name)).join(", ")} from ${stagedRows} where ${here}`;
      await write({ rows: plainText(sql), path, columns: rest, partitionBy: [] });
    }
  } finally {
    await connection.execute(`drop table if exists ${stagedRows}`).catch(() => undefined);
  }
}

/** Hive's way of writing a value into a path, which every reader of partitions knows. */
function folderName(column: string, value: string | null): string {
  return `${encodeURIComponent(column)}=${value === null ? "__HIVE_DEFAULT_PARTITION__" : encodeURIComponent(value)}`;
}
