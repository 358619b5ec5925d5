/** What is told of a stage: its names, and its results when it is not run. */
import { type Stage, testsOf } from "../plan/plan.ts";
import type { NodeResult } from "../ports/run-event.ts";
import { describeUnitTest } from "./run-stage.ts";

export function titleOf(stage: Stage): string {
  if (stage.kind === "unit_test") return stage.title;
  return stage.kind === "test" ? stage.test.title : stage.name;
}

export function materializedOf(stage: Stage): string {
  if (stage.kind === "unit_test") return "unit";
  return stage.kind === "model" ? stage.materialized : stage.kind;
}

/** The results of a stage that is not run. */
export function skipped(stage: Stage, message: string, at: Date): readonly NodeResult[] {
  const time = at.toISOString();
  const base = {
    status: "skipped",
    message,
    failures: undefined,
    failingRows: undefined,
    startedAt: time,
    completedAt: time,
    seconds: 0,
    thread: 0,
    diagnostics: [],
    stageId: stage.id,
  } as const;
  if (stage.kind === "unit_test") return [{ ...base, ...describeUnitTest(stage) }];
  const tests = testsOf(stage);
  const testResults = tests.map(
    (test): NodeResult => ({
      ...base,
      uniqueId: test.id,
      name: test.name,
      title: test.title,
      owner: test.owner,
      kind: "test",
      materialized: "test",
      relationName: undefined,
    }),
  );
  if (stage.kind === "test") return testResults;
  return [
    ...testResults,
    {
      ...base,
      uniqueId: stage.id,
      name: stage.name,
      title: stage.name,
      kind: stage.kind,
      materialized: materializedOf(stage),
      relationName: stage.relation.sql,
    },
  ];
}
