/**
 * Runs one data test: counts its failing rows, applies warn_if, error_if and severity as dbt does, and keeps the rows of a
 * test that did not pass. Personal data is masked before a row leaves the database.
 */
import { diagnose } from "../core/diagnostic.ts";
import { type MappedText, mapSql } from "../core/mapped-text.ts";
import { plural } from "../core/names.ts";
import type { TestCheck } from "../plan/plan.ts";
import { type Connection, EngineError } from "../ports/engine.ts";
import type { FailingRows, NodeResult } from "../ports/run-event.ts";
import { mapEngineError } from "./map-error.ts";
import { maskRows } from "./mask-rows.ts";

export type TestOutcome = Pick<NodeResult, "status" | "message" | "failures" | "failingRows" | "diagnostics">;

/** Where failing rows are kept, as a path for people and one for the database; `undefined` if they cannot be kept. */
export interface FailureFile {
  readonly shown: string;
  readonly absolute: string;
  /** Where rows wait that become a table after the transaction. */
  readonly spool: string;
}

const sampleSize = 5;

export async function runTest(connection: Connection, test: TestCheck, failureFile: (name: string) => FailureFile | undefined): Promise<TestOutcome> {
  const limited = limitedSql(test);
  const verdictSql = mapSql(
    undefined,
  )`select ${test.failCalc} as failures, coalesce(${test.failCalc}, 0) ${test.warnIf} as should_warn, coalesce(${test.failCalc}, 0) ${test.errorIf} as should_error
from (\n${limited}\n) as failing_rows`;
  try {
    const verdict = (await connection.query(verdictSql.text)).rows[0] ?? {};
    const failures = Number(verdict["failures"] ?? 0);
    if (!test.isJudged) return { status: "pass", message: undefined, failures: 0, failingRows: undefined, diagnostics: [] };
    const status = decide(test.severity, verdict["should_error"] === true, verdict["should_warn"] === true);
    if (status === "pass")
      return {
        status,
        message: undefined,
        failures,
        failingRows: undefined,
        diagnostics: [],
      };
    const failingRows = await keepRows(connection, test, failureFile);
    const found = test.failCalc === "count(*)" ? plural(failures, "failing row") : `${test.failCalc} is ${failures.toLocaleString("en-US")}`;
    const params = { test: test.title, failures: found };
    const diagnostic = status === "fail" ? diagnose("RT0407", params, { span: test.span }) : diagnose("RT0413", params, { span: test.span });
    return {
      status,
      message: found,
      failures,
      failingRows,
      diagnostics: [diagnostic],
    };
  } catch (error) {
    if (error instanceof EngineError && error.kind === "aborted") {
      return {
        status: "skipped",
        message: "not run: an earlier failure had ended the transaction",
        failures: undefined,
        failingRows: undefined,
        diagnostics: [],
      };
    }
    const diagnostic = mapEngineError(error, verdictSql, test.span, test.privacy.pii.length > 0);
    return {
      status: "error",
      message: diagnostic.message,
      failures: undefined,
      failingRows: undefined,
      diagnostics: [diagnostic],
    };
  }
}

function limitedSql(test: TestCheck): MappedText {
  return test.limit === undefined ? test.sql : mapSql(undefined)`select * from (\n${test.sql}\n) as failing limit ${test.limit}`;
}

/** The query for the rows that may be shown and kept. */
export async function failingRowsSql(connection: Connection, test: TestCheck): Promise<{ readonly names: readonly string[]; readonly sql: string }> {
  const { text } = limitedSql(test);
  const { columns } = await connection.query(`select * from (\n${text}\n) as failing_rows limit 0`);
  return { names: columns.map((column) => column.name), sql: maskRows(text, columns, test.privacy) };
}

/** With severity warn, error_if is never looked at. */
function decide(severity: "error" | "warn", shouldError: boolean, shouldWarn: boolean): "fail" | "warn" | "pass" {
  if (severity === "error" && shouldError) return "fail";
  return shouldWarn ? "warn" : "pass";
}

async function keepRows(connection: Connection, test: TestCheck, failureFile: (name: string) => FailureFile | undefined): Promise<FailingRows> {
  const { names, sql: query } = await failingRowsSql(connection, test);
  const sample = await connection.query(`select * from (\n${query}\n) as failing_rows limit ${sampleSize}`);
  const file = failureFile(test.keepAs);
  if (file) await connection.saveRows(query, file.absolute, "csv");
  if (file && test.storeAs?.type === "table") await connection.saveRows(query, file.spool, "parquet");
  return {
    columns: names,
    sample: sample.rows.map((row) => names.map((name) => row[name])),
    keptIn: file?.shown,
    storedAs: file && test.storeAs ? `${test.storeAs.schema}.${test.storeAs.name}` : undefined,
  };
}
