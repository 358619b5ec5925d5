/** The SQL that engines write differently. Pure text; an engine's dialect is known before any database is open. */

import type { MappedText } from "../core/mapped-text.ts";
import type { ResultColumn } from "./engine.ts";

export interface ReadFiles {
  readonly format: "csv" | "json" | "parquet" | "excel";
  /** Absolute path, glob, or address with a scheme. */
  readonly location: string;
  /** Named arguments of the reader. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Declared types by column name. */
  readonly types: Readonly<Record<string, string>>;
}

export interface SampleRows {
  /** A table expression. */
  readonly from: string;
  /** More than 0 and less than 100, with up to two decimals. */
  readonly percent: number;
  /** Rows with the same value here are all taken or all left; without it, rows are taken on their own. */
  readonly key: string | undefined;
}

export interface WriteFiles {
  /** A query. */
  readonly rows: MappedText;
  readonly columns: readonly ResultColumn[];
  /** Absolute path of a file, or of a folder that is there, when the files are partitioned. */
  readonly path: string;
  readonly format: "csv" | "json" | "parquet";
  /** Options of the writer. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly partitionBy: readonly string[];
}

export interface Dialect {
  /** Formats that the engine partitions by itself. */
  readonly partitionedFormats: readonly WriteFiles["format"][];
  /** A statement that writes the rows of a query to files. */
  writeFiles(request: WriteFiles): MappedText;
  /** A query for a share of the rows, always the same ones. */
  sampleRows(request: SampleRows): string;
  /** A table expression that reads files in place. */
  readFiles(request: ReadFiles): string;
  /** A query for the time at which the newest of some files was written, as one value. */
  filesWrittenAt(location: string): string;
  /** A query for the local files that a path or glob stands for, in a column `file`. */
  findFiles(location: string): string;
  /** A query for name, size and time of files at an address, without reading them. */
  describeFiles(location: string): string;
}
