/**
 * Keeps the failing rows of tests with store_failures as tables of the warehouse, too. It does so after the transaction of
 * the model, which may have been rolled back; what goes wrong here is a warning on the test and changes no verdict.
 */
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import type { TestCheck } from "../plan/plan.ts";
import type { Dialect } from "../ports/dialect.ts";
import { type Connection, EngineError } from "../ports/engine.ts";
import type { NodeResult } from "../ports/run-event.ts";
import type { FailureFile } from "./run-test.ts";

interface StoreContext {
  readonly dialect: Dialect;
  readonly failureFile: (name: string) => FailureFile | undefined;
}

/** `results` belong to the first of `tests`, in their order. A table from an earlier failure is dropped when the test passes. */
export async function storeFailures(
  connection: Connection,
  tests: readonly TestCheck[],
  results: readonly NodeResult[],
  context: StoreContext,
): Promise<readonly NodeResult[]> {
  const stored: NodeResult[] = [];
  for (const [i, result] of results.entries()) {
    const test = tests[i];
    const sql = test && storeSql(test, result, context);
    const problem = sql === undefined ? undefined : await attempt(connection, sql, test);
    stored.push(problem ? { ...result, diagnostics: [...result.diagnostics, problem] } : result);
  }
  return stored;
}

function storeSql(test: TestCheck, result: NodeResult, context: StoreContext): string | undefined {
  if (!test.storeAs) return undefined;
  if (result.status === "pass") return `drop table if exists ${test.storeAs.sql}`;
  const file = result.failingRows?.storedAs === undefined ? undefined : context.failureFile(test.keepAs);
  if (!file) return undefined;
  return `create or replace table ${test.storeAs.sql} as select * from ${context.dialect.readFiles({ format: "parquet", location: file.spool, options: {}, types: {} })}`;
}

async function attempt(connection: Connection, sql: string, test: TestCheck | undefined): Promise<Diagnostic | undefined> {
  try {
    await connection.execute(sql);
    return undefined;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { ...diagnose("RT0415", { path: test?.storeAs?.sql ?? "", problem: error.message }, { span: test?.span }), severity: "warning" };
  }
}
