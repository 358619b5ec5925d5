/**
 * Runs one stage on one connection. A model or seed is written, audited and published in a single transaction: created,
 * its contract checked, its tests run, and only then committed. Whatever goes wrong, the relation from before is still there.
 */

import type { RelationType, Step } from "../compile/materializations/materialization.ts";
import { type Diagnostic, hasErrors } from "../core/diagnostic.ts";
import { type MappedText, plainText } from "../core/mapped-text.ts";
import { plural } from "../core/names.ts";
import type { ModelStage, SeedStage, Stage, TestCheck, TestStage } from "../plan/plan.ts";
import type { Dialect } from "../ports/dialect.ts";
import { type Connection, EngineError } from "../ports/engine.ts";
import type { NodeResult, ResultStatus } from "../ports/run-event.ts";
import { checkContract } from "./check-contract.ts";
import { loadSeed } from "./load-seed.ts";
import { mapEngineError } from "./map-error.ts";
import { type FailureFile, runTest } from "./run-test.ts";
import { storeFailures } from "./store-failures.ts";

export interface StageContext {
  readonly dialect: Dialect;
  readonly now: () => Date;
  readonly thread: number;
  /** What stands in the warehouse under `schema.name`, in lower case, before the run. */
  readonly existing: ReadonlyMap<string, RelationType>;
  readonly failureFile: (name: string) => FailureFile | undefined;
}

/** The results of a stage: its tests first, then the node itself. */
export async function runStage(connection: Connection, stage: Stage, context: StageContext): Promise<readonly NodeResult[]> {
  return stage.kind === "test" ? runTestStage(connection, stage, context) : publish(connection, stage, context);
}

async function runTestStage(connection: Connection, stage: TestStage, context: StageContext): Promise<readonly NodeResult[]> {
  const result = await timedTest(connection, stage.test, stage.id, context);
  return storeFailures(connection, [stage.test], [result], context);
}

/** A relation that needs no audit and no other statement is a transaction of its own. */
function isSingleStatement(stage: ModelStage | SeedStage, steps: readonly Step[]): boolean {
  return stage.kind === "model" && stage.tests.length === 0 && stage.contract === undefined && steps.length === 1;
}

async function publish(connection: Connection, stage: ModelStage | SeedStage, context: StageContext): Promise<readonly NodeResult[]> {
  const started = context.now();
  const planned: readonly Step[] = stage.kind === "model" ? stage.steps : [{ kind: "drop_other_type", relation: stage.relation, keep: "table" }];
  const steps = planned.filter((step) => isNeeded(step, context.existing));
  let results: readonly NodeResult[] = [];
  const finish = (status: ResultStatus, message: string | undefined, diagnostics: readonly Diagnostic[]): readonly NodeResult[] => [
    ...results,
    ...notReached(stage.tests.slice(results.length), stage.id, started, context),
    {
      ...timing(started, context),
      uniqueId: stage.id,
      name: stage.name,
      title: stage.name,
      kind: stage.kind,
      materialized: stage.kind === "seed" ? "seed" : stage.materialized,
      status,
      message,
      failures: undefined,
      failingRows: undefined,
      relationName: stage.relation.sql,
      diagnostics,
      stageId: stage.id,
    },
  ];
  let current: MappedText | undefined;
  const notes: Diagnostic[] = [];
  try {
    const single = isSingleStatement(stage, steps);
    if (!single) await connection.execute("begin transaction");
    for (const step of steps) {
      current = stepSql(step, context.existing);
      await connection.execute(current.text);
    }
    if (stage.kind === "seed") notes.push(...(await loadSeed(connection, stage, context.dialect)));
    else notes.push(...(await checkContract(connection, stage)));
    if (hasErrors(notes)) {
      await rollBack(connection);
      const [first] = notes;
      return finish("error", first?.message, notes);
    }
    current = undefined;
    for (const test of stage.tests) results = [...results, await timedTest(connection, test, stage.id, context)];
    const bad = results.filter((result) => result.status === "fail" || result.status === "error" || result.status === "skipped");
    if (bad.length > 0) {
      await rollBack(connection);
      results = await storeFailures(connection, stage.tests, results, context);
      return finish("error", `not published: ${plural(bad.length, "test")} of ${stage.tests.length} did not pass`, notes);
    }
    if (!single) await connection.execute("commit");
    results = await storeFailures(connection, stage.tests, results, context);
    return finish("success", undefined, notes);
  } catch (error) {
    await rollBack(connection);
    const diagnostic = mapEngineError(error, current, stage.span, hasPii(stage));
    return finish("error", diagnostic.message, [...notes, diagnostic]);
  }
}

/** Tests that the stage never came to, because it failed before. */
function notReached(tests: readonly TestCheck[], stageId: string, started: Date, context: StageContext): readonly NodeResult[] {
  const message = "not run: the model could not be created";
  return tests.map((test) => ({
    ...describeTest(test, stageId),
    ...timing(started, context),
    seconds: 0,
    status: "skipped",
    message,
    failures: undefined,
    failingRows: undefined,
    diagnostics: [],
  }));
}

function hasPii(stage: ModelStage | SeedStage): boolean {
  return stage.kind === "model" ? stage.privacy.pii.length > 0 : stage.load.columns.some((column) => column.isPii);
}

/** `drop_other_type` is only there for a relation of another type; usually there is none. */
function isNeeded(step: Step, existing: StageContext["existing"]): boolean {
  if (step.kind !== "drop_other_type") return true;
  const type = existing.get(relationKey(step.relation));
  return type !== undefined && type !== step.keep;
}

function stepSql(step: Step, existing: StageContext["existing"]): MappedText {
  if (step.kind === "sql") return step.sql;
  return plainText(`drop ${existing.get(relationKey(step.relation))} ${step.relation.sql}`);
}

export function relationKey(relation: { readonly schema: string; readonly name: string }): string {
  return `${relation.schema}.${relation.name}`.toLowerCase();
}

async function rollBack(connection: Connection): Promise<void> {
  try {
    await connection.execute("rollback");
  } catch (error) {
    // There may be no transaction any more; a database that is gone will say so at the next statement.
    if (!(error instanceof EngineError)) throw error;
  }
}

async function timedTest(connection: Connection, test: TestCheck, stageId: string, context: StageContext): Promise<NodeResult> {
  const started = context.now();
  const outcome = await runTest(connection, test, context.failureFile);
  return { ...outcome, ...timing(started, context), ...describeTest(test, stageId) };
}

function describeTest(test: TestCheck, stageId: string) {
  return { uniqueId: test.id, name: test.name, title: test.title, kind: "test", materialized: "test", relationName: undefined, stageId } as const;
}

function timing(started: Date, context: StageContext) {
  const completed = context.now();
  return {
    startedAt: started.toISOString(),
    completedAt: completed.toISOString(),
    seconds: (completed.getTime() - started.getTime()) / 1000,
    thread: context.thread,
  };
}
