/**
 * Write, audit, publish: one transaction that writes a relation, holds it to its contract and constraints, runs its tests, and only then commits.
 * Whatever goes wrong, the relation from before is still there.
 */
import { type Diagnostic, hasErrors } from "../core/diagnostic.ts";
import { plural } from "../core/names.ts";
import type { BuiltStage, TestCheck } from "../plan/plan.ts";
import { type Connection, EngineError } from "../ports/engine.ts";
import type { NodeResult } from "../ports/run-event.ts";
import { auditQuery, auditRelation, explainRefusal } from "./audit-model.ts";
import type { TypeNames } from "./check-contract.ts";
import { mapEngineError } from "./map-error.ts";
import { persistComments } from "./persist-comments.ts";
import { type ResultTime, timing } from "./result-time.ts";
import { runHooks } from "./run-hooks.ts";
import { runTest } from "./run-test.ts";
import type { StageContext, Written } from "./stage-context.ts";
import { StatementError } from "./statement.ts";

/** How one transaction ended. */
export interface Attempt {
  readonly status: "success" | "error";
  readonly message: string | undefined;
  /** One result for each of the stage's tests. */
  readonly tests: readonly NodeResult[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `isSingle` promises that `write` is one statement and that nothing else is to be done: then it is a transaction of its own. */
export async function publish(
  connection: Connection,
  stage: BuiltStage,
  context: StageContext,
  write: () => Promise<Written>,
  isSingle = false,
): Promise<Attempt> {
  const started = context.now();
  let results: readonly NodeResult[] = [];
  const diagnostics: Diagnostic[] = [];
  const end = (status: Attempt["status"], message: string | undefined): Attempt => ({
    status,
    message,
    tests: [...results, ...notReached(stage.tests.slice(results.length), stage.id, timing(started, context))],
    diagnostics,
  });
  let taken: Written | undefined;
  let isCommitted = false;
  const take = async (): Promise<Written> => {
    taken = await write();
    return taken;
  };
  const isPrivate = hasPii(stage);
  const outside = (moment: "pre" | "post") => runStageHooks(connection, stage, moment, false);
  const firstError = () => diagnostics.find(({ severity }) => severity === "error")?.message;
  try {
    diagnostics.push(...(await outside("pre")));
    if (hasErrors(diagnostics)) return end("error", firstError());
    if (!isSingle) await connection.execute("begin transaction");
    const written = await writeAndAudit(connection, stage, context.types, take);
    diagnostics.push(...written.diagnostics);
    if (hasErrors(diagnostics)) {
      await rollBack(connection);
      return end("error", firstError());
    }
    for (const test of stage.tests) results = [...results, await timedTest(connection, test, stage.id, context)];
    const bad = results.filter(({ status }) => status === "fail" || status === "error" || status === "skipped");
    if (bad.length > 0) {
      await rollBack(connection);
      return end("error", `not published: ${plural(bad.length, "test")} of ${stage.tests.length} did not pass`);
    }
    if (!isSingle) await connection.execute("commit");
    isCommitted = true;
    diagnostics.push(...((await taken?.afterCommit?.()) ?? []));
    if (hasErrors(diagnostics)) return end("error", `published in the warehouse, but not outside of it: ${firstError()}`);
    diagnostics.push(...(await outside("post")));
    return hasErrors(diagnostics) ? end("error", `published, but then a hook failed: ${firstError()}`) : end("success", written.message);
  } catch (error) {
    await rollBack(connection);
    const [reason, sql] = error instanceof StatementError ? [error.error, error.sql] : [error, undefined];
    const refused = stage.kind === "model" ? await explainRefusal(connection, stage, reason) : [];
    diagnostics.push(...(refused.length > 0 ? refused : [mapEngineError(reason, sql, stage.span, isPrivate)]));
    return end("error", firstError());
  } finally {
    if (!isCommitted) await taken?.discard?.();
  }
}

function runStageHooks(connection: Connection, stage: BuiltStage, moment: "pre" | "post", transaction: boolean): Promise<readonly Diagnostic[]> {
  const hooks = stage.hooks[moment].filter((hook) => hook.transaction === transaction);
  return runHooks(connection, hooks, `the ${moment}_hook of "${stage.name}"`, hasPii(stage));
}

/** Everything between the beginning of the transaction and the tests, up to the first thing that goes wrong. */
async function writeAndAudit(connection: Connection, stage: BuiltStage, types: TypeNames, write: () => Promise<Written>): Promise<Written> {
  const inside = (moment: "pre" | "post") => runStageHooks(connection, stage, moment, true);
  let written: Written | undefined;
  const parts: readonly (() => Promise<readonly Diagnostic[]>)[] = [
    () => inside("pre"),
    async () => (stage.kind === "model" ? auditQuery(connection, stage, types) : []),
    async () => {
      written = await write();
      return written.diagnostics;
    },
    async () => (stage.kind === "model" ? auditRelation(connection, stage, types) : []),
    async () => {
      if (stage.comments) await persistComments(connection, stage.relation, stage.kind === "model" ? stage.relationType : "table", stage.comments);
      return [];
    },
    () => inside("post"),
  ];
  const diagnostics: Diagnostic[] = [];
  for (const part of parts) {
    diagnostics.push(...(await part()));
    if (hasErrors(diagnostics)) break;
  }
  return { message: written?.message, diagnostics };
}

/** A test on its own or inside a transaction, with the time it took. */
export async function timedTest(connection: Connection, test: TestCheck, stageId: string, context: StageContext): Promise<NodeResult> {
  const started = context.now();
  const outcome = await runTest(connection, test, context.failureFile);
  return { ...outcome, ...timing(started, context), ...describeTest(test, stageId) };
}

/** Tests that the stage never came to, because it failed before. */
function notReached(tests: readonly TestCheck[], stageId: string, time: ResultTime): readonly NodeResult[] {
  const message = "not run: the model could not be created";
  return tests.map((test) => ({
    ...describeTest(test, stageId),
    ...time,
    seconds: 0,
    status: "skipped",
    message,
    failures: undefined,
    failingRows: undefined,
    diagnostics: [],
  }));
}

function describeTest(test: TestCheck, stageId: string) {
  return {
    uniqueId: test.id,
    name: test.name,
    title: test.title,
    kind: "test",
    materialized: "test",
    relationName: undefined,
    stageId,
    owner: test.owner,
  } as const;
}

function hasPii(stage: BuiltStage): boolean {
  return stage.kind !== "seed" ? stage.privacy.pii.length > 0 : stage.load.columns.some((column) => column.isPii);
}

/** Also where there may be nothing to roll back. */
export async function rollBack(connection: Connection): Promise<void> {
  try {
    await connection.execute("rollback");
  } catch (error) {
    // There may be no transaction any more; a database that is gone will say so at the next statement.
    if (!(error instanceof EngineError)) throw error;
  }
}
