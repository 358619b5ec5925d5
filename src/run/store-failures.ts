/**
 * Keeps the failing rows of tests with store_failures in the warehouse, too, as a table or as a view of the test's query. It
 * does so after the transaction of the model, which may have been rolled back; what goes wrong here is a warning on the test
 * and changes no verdict.
 */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import type { TestCheck } from "../plan/plan.ts";
import type { Dialect } from "../ports/dialect.ts";
import { type Connection, EngineError } from "../ports/engine.ts";
import type { NodeResult } from "../ports/run-event.ts";
import { type FailureFile, failingRowsSql } from "./run-test.ts";

interface StoreContext {
  readonly dialect: Dialect;
  readonly failureFile: (name: string) => FailureFile | undefined;
}

type StoredTest = TestCheck & { readonly storeAs: NonNullable<TestCheck["storeAs"]> };

/** `results` belong to the first of `tests`, in their order. What an earlier failure left is dropped when the test passes. */
export async function storeFailures(
  connection: Connection,
  tests: readonly TestCheck[],
  results: readonly NodeResult[],
  context: StoreContext,
): Promise<readonly NodeResult[]> {
  const stored: NodeResult[] = [];
  for (const [i, result] of results.entries()) {
    const test = tests[i];
    const problem = test && isStored(test) ? await attempt(connection, test, result, context) : undefined;
    stored.push(problem ? { ...result, diagnostics: [...result.diagnostics, problem] } : result);
  }
  return stored;
}

function isStored(test: TestCheck): test is StoredTest {
  return test.storeAs !== undefined;
}

async function attempt(connection: Connection, test: StoredTest, result: NodeResult, context: StoreContext): Promise<Diagnostic | undefined> {
  const { sql: path, type } = test.storeAs;
  try {
    const query = result.status === "pass" ? undefined : await queryToStore(connection, test, result, context);
    if (result.status !== "pass" && query === undefined) return undefined;
    await dropOther(connection, test.storeAs, query === undefined ? undefined : type);
    if (query !== undefined) await connection.execute(`create or replace ${type} ${path} as ${query}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { ...diagnose("RT0415", { path, problem: error.message }, { span: test.span }), severity: "warning" };
  }
}

async function queryToStore(connection: Connection, test: StoredTest, result: NodeResult, context: StoreContext): Promise<string | undefined> {
  const file = result.failingRows?.storedAs === undefined ? undefined : context.failureFile(test.keepAs);
  if (!file) return undefined;
  if (test.storeAs.type === "view") return (await failingRowsSql(connection, test)).sql;
  return `select * from ${context.dialect.readFiles({ format: "parquet", location: file.spool, options: {}, types: {} })}`;
}

/** What stands there from another run may be of the other kind, which no statement replaces. */
async function dropOther(connection: Connection, { schema, name, sql }: StoredTest["storeAs"], wanted: "table" | "view" | undefined): Promise<void> {
  const { rows } = await connection.query(
    "select table_type = 'VIEW' as is_view from information_schema.tables where table_catalog = current_database() and lower(table_schema) = lower(?) and lower(table_name) = lower(?)",
    [schema, name],
  );
  const found = rows[0] && (rows[0]["is_view"] === true ? "view" : "table");
  if (found && found !== wanted) await connection.execute(`drop ${found} ${sql}`);
}
