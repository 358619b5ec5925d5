/**
 * What retain asks of a database. An engine opens one database for one process; each connection runs one thing at a time.
 * No engine's own name, types or error texts pass through here.
 */
import type { Diagnostic } from "../core/diagnostic.ts";

export type Row = Readonly<Record<string, unknown>>;

export interface ResultColumn {
  readonly name: string;
  readonly type: string;
}

export interface ResultSet {
  readonly columns: readonly ResultColumn[];
  /** Plain values: numbers, strings, booleans, null, arrays and objects of these. Whole numbers beyond 2^53 and decimals are strings. */
  readonly rows: readonly Row[];
}

export interface AttachedDatabase {
  readonly path: string;
  readonly alias: string;
  readonly readOnly: boolean;
}

export interface OpenOptions {
  /** Absolute path of the file, or `:memory:`. */
  readonly path: string;
  readonly readOnly: boolean;
  readonly threads?: number | undefined;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly extensions: readonly string[];
  readonly attach: readonly AttachedDatabase[];
  /** What the file is opened for, as another process that has to wait for it is told: `retain build`. */
  readonly command?: string | undefined;
  /** How long to wait for another process to let go of the file. */
  readonly lockTimeoutSeconds: number;
  /** Ends the waiting: then there is neither a database nor anything to say. */
  readonly signal?: AbortSignal | undefined;
  /** Called once when waiting for a file begins: the warehouse's own, or an attached one. */
  readonly onWait?: (holder: string, path: string) => void;
  /** Called when a file was waited for and could be opened. */
  readonly onGranted?: (path: string) => void;
}

export type EngineErrorKind = "syntax" | "column" | "relation" | "conversion" | "constraint" | "space" | "interrupted" | "aborted" | "fatal" | "other";

/** The only error that a connection throws; `aborted` means that an earlier failure has ended the transaction. `offset` counts UTF-16 units of the statement that was sent. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly kind: EngineErrorKind;
  readonly offset: number | undefined;
  /** The name that was not found, where there is one. */
  readonly missing: string | undefined;
  readonly candidates: readonly string[];
  /** Raised before a row was read, so that its message holds none of the data. */
  readonly isStatic: boolean;

  constructor(
    kind: EngineErrorKind,
    message: string,
    details: {
      offset?: number;
      missing?: string;
      candidates?: readonly string[];
      isStatic?: boolean;
    } = {},
  ) {
    super(message);
    this.kind = kind;
    this.offset = details.offset;
    this.missing = details.missing;
    this.candidates = details.candidates ?? [];
    this.isStatic = details.isStatic ?? false;
  }
}

/** A value that does not fit the type of its column. Says what kind of value it is, never the value, which may be personal. */
export class ValueProblem extends Error {
  override readonly name = "ValueProblem";
  readonly column: number;
  /** Counted from the first of the rows that were given. */
  readonly row: number;
  readonly kind: string;
  readonly type: string;

  constructor(column: number, row: number, kind: string, type: string) {
    super(`${kind} does not fit ${type}`);
    this.column = column;
    this.row = row;
    this.kind = kind;
    this.type = type;
  }
}

/** Some rows of a result, column by column: each column has `rows` values, plain as in a ResultSet. */
export interface ColumnBatch {
  readonly rows: number;
  readonly columns: readonly (readonly unknown[])[];
}

/** Adds rows to one table, in the transaction of its connection. */
export interface Appender {
  /** `columns` are all columns of the table in their order, each with `rows` values. Throws a ValueProblem or an EngineError. */
  append(columns: readonly (readonly unknown[])[], rows: number): Promise<void>;
  /** Writes what is still held back. */
  close(): Promise<void>;
  /** Forgets it, for a transaction that is given up. */
  discard(): Promise<void>;
}

/** A tree is text that is the same for queries that differ only in their layout; of some queries a database may show none. */
export type Syntax = { readonly kind: "tree"; readonly tree: string } | { readonly kind: "malformed"; readonly problem: string } | { readonly kind: "unknown" };

/** In lower case and without their schemas. */
export interface QueryNames {
  /** Tables and views, and what the query defines itself and reads by its name. */
  readonly tables: readonly string[];
  readonly commonTables: readonly string[];
  readonly functions: readonly string[];
}

export interface RelationName {
  readonly schema: string;
  readonly name: string;
}

export interface RelationAddress extends RelationName {
  readonly catalog: string;
}

export interface CopyRequest {
  readonly from: RelationAddress;
  /** In the main database, where nothing of that name is yet. */
  readonly to: RelationName;
  /** Writes down the rows also where they are computed whenever they are read. */
  readonly asTable: boolean;
  /** What the query of a view reads here instead of a relation there; `undefined` for what keeps its name. */
  readonly rename: (there: RelationName) => RelationName | undefined;
}

export interface CopiedRelation {
  readonly type: "table" | "view";
  /** Number of rows; unknown of a view. */
  readonly rows: number | undefined;
}

export interface Connection {
  /** Runs one or more statements and waits for the last one. */
  execute(sql: string): Promise<void>;
  /** Runs one statement and reads all of its rows: for results known to be small. */
  query(sql: string, parameters?: readonly unknown[]): Promise<ResultSet>;
  /** Runs one statement and hands its rows out in batches, so that memory does not grow with them: for results of any length. */
  columns(sql: string): AsyncIterable<ColumnBatch>;
  /** The same with values as JavaScript works with them: Date for instants, text for days, numbers for decimals, bigint beyond 2^53. */
  read(sql: string): AsyncIterable<readonly Row[]>;
  /** Begins to add rows to a table that is there. */
  append(table: { readonly schema: string; readonly name: string }): Promise<Appender>;
  /** Writes the rows of a query to a file that it creates or replaces. */
  saveRows(query: string, path: string, format: "csv" | "parquet"): Promise<void>;
  /** Makes a relation out of one of another database, in the transaction of the connection; `undefined` when there is none. */
  copyRelation(request: CopyRequest): Promise<CopiedRelation | undefined>;
  /** What queries name, one answer each, read from their texts alone; `undefined` where that cannot be told. */
  namesIn(queries: readonly string[]): Promise<readonly (QueryNames | undefined)[]>;
  /** How the database reads a query. */
  syntaxOf(query: string): Promise<Syntax>;
  /** Stops what is running; its promise rejects with an EngineError of kind `interrupted`. */
  interrupt(): void;
  close(): void;
}

export interface Database {
  /** The catalog name under which the main database is known in SQL. */
  readonly catalog: string;
  connect(): Promise<Connection>;
  close(): void;
}

export interface EngineCapabilities {
  /** Whether creating a relation can be rolled back, which write-audit-publish rests on. */
  readonly transactionalDdl: boolean;
}

export interface Engine {
  readonly type: string;
  readonly capabilities: EngineCapabilities;
  /** Opens the database, or says why it cannot. */
  open(options: OpenOptions): Promise<{
    readonly value: Database | undefined;
    readonly diagnostics: readonly Diagnostic[];
  }>;
}
