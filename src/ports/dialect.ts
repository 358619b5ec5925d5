/** The SQL that engines write differently. Pure text; an engine's dialect is known before any database is open. */

export interface ReadFiles {
  readonly format: "csv" | "json" | "parquet" | "excel";
  /** Absolute path, glob, or address with a scheme. */
  readonly location: string;
  /** Named arguments of the reader. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Declared types by column name. */
  readonly types: Readonly<Record<string, string>>;
}

export interface Dialect {
  /** A table expression that reads files in place. */
  readFiles(request: ReadFiles): string;
}
