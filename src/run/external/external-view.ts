/** The view over an external model's files: it has the columns of the model's query, in their order and with their types. */
import { quoteIdentifier } from "../../core/names.ts";
import type { FileStage } from "../../plan/plan.ts";
import type { Dialect } from "../../ports/dialect.ts";
import type { Connection, ResultColumn } from "../../ports/engine.ts";

/** Options of writers that readers have to know of, by their names there. */
const shared: Readonly<Record<string, string>> = {
  delim: "delim",
  delimiter: "delim",
  sep: "delim",
  header: "header",
  quote: "quote",
  escape: "escape",
  null: "nullstr",
  nullstr: "nullstr",
  dateformat: "dateformat",
  timestampformat: "timestampformat",
  compression: "compression",
};

interface Reading {
  readonly connection: Connection;
  readonly dialect: Dialect;
  readonly files: FileStage;
  readonly columns: readonly ResultColumn[];
  readonly location: string;
  /** Without a file there is nothing to read types from. */
  readonly isEmpty: boolean;
}

export async function viewQuery({ connection, dialect, files, columns, location, isEmpty }: Reading): Promise<string> {
  if (isEmpty) return `select ${columns.map(({ name, type }) => `cast(null as ${type}) as ${quoteIdentifier(name)}`).join(", ")} where false`;
  const from = dialect.readFiles({ format: files.format, location, options: readerOptions(files, columns), types: {} });
  const read = new Map((await connection.query(`select * from ${from} limit 0`)).columns.map(({ name, type }) => [name.toLowerCase(), type]));
  // A format may not know a type; the file holds the value in another one.
  const list = columns.map(({ name, type }) => {
    const quoted = quoteIdentifier(name);
    return read.get(name.toLowerCase()) === type ? quoted : `cast(${quoted} as ${type}) as ${quoted}`;
  });
  return `select ${list.join(", ")} from ${from}`;
}

function readerOptions({ format, options, partitionBy }: FileStage, columns: readonly ResultColumn[]): Readonly<Record<string, unknown>> {
  const isPartition = ({ name }: ResultColumn): boolean => partitionBy.some((column) => column.toLowerCase() === name.toLowerCase());
  const typesOf = (list: readonly ResultColumn[]) => Object.fromEntries(list.map(({ name, type }) => [name, type]));
  const hive = partitionBy.length === 0 ? {} : { hive_partitioning: true, hive_types: typesOf(columns.filter(isPartition)) };
  if (format === "parquet") return hive;
  const inFile = { columns: typesOf(columns.filter((column) => !isPartition(column))) };
  const known = Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (shared[name.toLowerCase()] ? [[shared[name.toLowerCase()], value]] : [])),
  );
  if (format === "json") return { ...hive, ...inFile, ...("compression" in known && { compression: known["compression"] }) };
  // Nothing is guessed: what was written is known. An empty text is written in quotes, a missing one without.
  return { header: true, auto_detect: false, allow_quoted_nulls: false, ...known, ...hive, ...inFile };
}
