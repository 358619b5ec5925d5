/** Runs one stage on one connection and says what became of it: results of its tests first, then of the node itself. */
import type { Diagnostic } from "../core/diagnostic.ts";
import type { BuiltStage, Stage, TestStage, UnitTestStage } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";
import type { NodeResult } from "../ports/run-event.ts";
import { publish, timedTest } from "./publish.ts";
import { timing } from "./result-time.ts";
import { type BatchedStage, runBatches } from "./run-batches.ts";
import { relationKey, type StageContext } from "./stage-context.ts";
import { storeFailures } from "./store-failures.ts";
import { broken, runUnitTest } from "./unit/run-unit-test.ts";
import { neededSteps, writeRelation } from "./write-relation.ts";

export async function runStage(connection: Connection, stage: Exclude<Stage, UnitTestStage>, context: StageContext): Promise<readonly NodeResult[]> {
  return stage.kind === "test" ? runTestStage(connection, stage, context) : buildStage(connection, stage, context);
}

/** On a connection to the database in memory, or with the reasons why there is none. */
export async function runUnitTestStage(
  connection: Connection | readonly Diagnostic[],
  stage: UnitTestStage,
  context: StageContext,
): Promise<readonly NodeResult[]> {
  const started = context.now();
  const outcome = "execute" in connection ? await runUnitTest(connection, stage, context.describe) : broken(connection);
  return [{ ...outcome, ...timing(started, context), ...describeUnitTest(stage) }];
}

export function describeUnitTest({ id, name, title, modelName }: UnitTestStage) {
  return { uniqueId: id, name, title, kind: "test", materialized: "unit", relationName: undefined, stageId: id, owner: modelName } as const;
}

async function runTestStage(connection: Connection, stage: TestStage, context: StageContext): Promise<readonly NodeResult[]> {
  const result = await timedTest(connection, stage.test, stage.id, context);
  return storeFailures(connection, [stage.test], [result], context);
}

async function buildStage(connection: Connection, stage: BuiltStage, context: StageContext): Promise<readonly NodeResult[]> {
  const started = context.now();
  const { tests, ...outcome } = isBatched(stage)
    ? await runBatches(connection, stage, context)
    : await publish(connection, stage, context, () => writeRelation(connection, stage, context), isSingleStatement(stage, context));
  const node: NodeResult = {
    ...timing(started, context),
    ...outcome,
    ...describeBuilt(stage),
  };
  return [...(await storeFailures(connection, stage.tests, tests, context)), node];
}

/** What a result says of what was built, whatever became of it. */
export function describeBuilt(stage: BuiltStage) {
  return {
    uniqueId: stage.id,
    name: stage.name,
    title: stage.name,
    kind: stage.kind,
    materialized: stage.kind === "model" ? stage.materialized : stage.kind,
    failures: undefined,
    failingRows: undefined,
    relationName: stage.relation.sql,
    stageId: stage.id,
  } as const;
}

function isBatched(stage: BuiltStage): stage is BatchedStage {
  return stage.kind === "model" && stage.batches !== undefined;
}

/** A relation that needs no audit and no other statement is a transaction of its own. */
export function isSingleStatement(stage: BuiltStage, context: Pick<StageContext, "existing" | "partial">): boolean {
  const isBare = stage.tests.length === 0 && stage.comments === undefined && stage.hooks.pre.length === 0 && stage.hooks.post.length === 0;
  return (
    isBare &&
    stage.kind === "model" &&
    !stage.increment &&
    !stage.isPartial &&
    !context.partial.has(relationKey(stage.relation)) &&
    stage.contract === undefined &&
    neededSteps(stage, context).length === 1
  );
}
