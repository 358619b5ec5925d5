/**
 * Runs one unit test in the database in memory: places its inputs, runs the model's query on them, writes the model's table
 * where that is what the test asks about, and compares. Nothing of the warehouse is read or written.
 */
import { type Diagnostic, diagnose, type Outcome } from "../../core/diagnostic.ts";
import { type MappedText, mapSql } from "../../core/mapped-text.ts";
import type { UnitTestStage } from "../../plan/plan.ts";
import type { Connection, ResultSet } from "../../ports/engine.ts";
import { mapEngineError } from "../map-error.ts";
import type { TestOutcome } from "../run-test.ts";
import { execute, query, StatementError } from "../statement.ts";
import { writeIncrement } from "../write-increment.ts";
import { type Checked, checkExpectation } from "./check-expectation.ts";
import type { Describe } from "./describe-shapes.ts";
import { placeInputs } from "./place-inputs.ts";

export async function runUnitTest(connection: Connection, stage: UnitTestStage, describe: Describe): Promise<TestOutcome> {
  try {
    const problems = await placeInputs(connection, stage, describe);
    if (problems.length > 0) return broken(problems);
    const checked: Checked[] = [];
    for (const expectation of stage.expectations) checked.push(await checkExpectation(connection, stage, expectation));
    if (stage.write) {
      const unwritten = await writeTable(connection, stage, stage.write);
      if (unwritten.length > 0) return broken(unwritten);
      checked.push(await checkExpectation(connection, stage, stage.write.expectation));
    }
    const errors = checked.flatMap(({ diagnostics }) => diagnostics);
    return errors.length > 0 ? broken(errors) : verdict(stage, checked);
  } catch (error) {
    return broken([await explain(connection, stage, error)]);
  }
}

/** The rows that come of the test's inputs, or why none do. */
export async function unitTestRows(
  connection: Connection,
  stage: UnitTestStage,
  sql: MappedText,
  describe: Describe,
  limit: number,
): Promise<Outcome<ResultSet | undefined>> {
  try {
    const problems = await placeInputs(connection, stage, describe);
    if (problems.length > 0) return { value: undefined, diagnostics: problems };
    return { value: await query(connection, mapSql(undefined)`select * from (\n${sql}\n) as shown limit ${limit}`), diagnostics: [] };
  } catch (error) {
    return { value: undefined, diagnostics: [await explain(connection, stage, error)] };
  }
}

/** The outcome of a test that has an error and no verdict. */
export function broken(diagnostics: readonly Diagnostic[]): TestOutcome {
  return { status: "error", message: diagnostics[0]?.message, failures: undefined, failingRows: undefined, diagnostics };
}

/** As a build would: the new rows are brought into the table that is given, or the table is made anew. */
async function writeTable(connection: Connection, stage: UnitTestStage, write: NonNullable<UnitTestStage["write"]>): Promise<readonly Diagnostic[]> {
  const { relation, steps, increment } = write;
  await connection.execute("begin transaction");
  const target = { name: stage.modelName, relation, span: stage.span, privacy: { pii: [], declared: [] } };
  const outcome = increment && (await writeIncrement(connection, target, increment));
  if (outcome?.kind === "failed") {
    await connection.execute("rollback");
    return outcome.diagnostics;
  }
  if (outcome?.kind !== "added") for (const step of steps) if (step.kind === "sql") await execute(connection, step.sql);
  await connection.execute("commit");
  return [];
}

/** A wrong common table expression explains a wrong result, so it is shown first. */
function verdict(stage: UnitTestStage, checked: readonly Checked[]): TestOutcome {
  const wrong = checked.filter(({ failures }) => failures > 0).toSorted((a, b) => Number(b.of.startsWith("cte")) - Number(a.of.startsWith("cte")));
  const [first] = wrong;
  if (!first) return { status: "pass", message: undefined, failures: 0, failingRows: undefined, diagnostics: [] };
  const message = wrong.map(({ of, said }) => (of === "rows" && wrong.length === 1 ? said : `${of}: ${said}`)).join("; ");
  return {
    status: "fail",
    message,
    failures: wrong.reduce((sum, { failures }) => sum + failures, 0),
    failingRows: first.rows,
    diagnostics: [diagnose("RT0460", { test: stage.title, differences: message }, { span: first.span })],
  };
}

async function explain(connection: Connection, stage: UnitTestStage, thrown: unknown): Promise<Diagnostic> {
  const statement = thrown instanceof StatementError ? thrown : undefined;
  const error = statement?.error ?? thrown;
  await connection.execute("rollback").catch(() => undefined);
  const diagnostic = mapEngineError(error, statement?.sql, stage.span);
  const isElsewhere = diagnostic.span !== undefined && diagnostic.span !== stage.span;
  return isElsewhere ? { ...diagnostic, notes: [...(diagnostic.notes ?? []), { message: `in the unit test "${stage.title}"`, span: stage.span }] } : diagnostic;
}
