/** Runs SQL that knows where it was written, so that a failure can be shown at the analyst's own line wherever it is caught. */
import { type MappedText, plainText } from "../core/mapped-text.ts";
import { type Connection, EngineError, type ResultSet } from "../ports/engine.ts";

/** The database's error together with the statement that it is about. */
export class StatementError extends Error {
  override readonly name = "StatementError";
  readonly error: EngineError;
  readonly sql: MappedText;

  constructor(error: EngineError, sql: MappedText) {
    super(error.message);
    this.error = error;
    this.sql = sql;
  }
}

export async function execute(connection: Connection, sql: MappedText | string): Promise<void> {
  await guard(sql, (text) => connection.execute(text));
}

/** For results known to be small. */
export async function query(connection: Connection, sql: MappedText | string): Promise<ResultSet> {
  return guard(sql, (text) => connection.query(text));
}

async function guard<T>(sql: MappedText | string, run: (text: string) => Promise<T>): Promise<T> {
  const mapped = typeof sql === "string" ? plainText(sql) : sql;
  try {
    return await run(mapped.text);
  } catch (error) {
    throw error instanceof EngineError ? new StatementError(error, mapped) : error;
  }
}
