/**
 * Runs operations one after another on one connection: what a run begins and ends with, and what somebody asks for. One
 * that fails is an error of its own, at its own text, and marks no node as failed.
 */
import { type CompiledOperation, resultsRelation } from "../compile/operations.ts";
import type { Connection } from "../ports/engine.ts";
import type { NodeResult } from "../ports/run-event.ts";
import { mapEngineError } from "./map-error.ts";
import { aboutHook } from "./run-hooks.ts";
import { execute, StatementError } from "./statement.ts";

export interface OperationRun {
  readonly connection: Connection;
  readonly now: () => Date;
  readonly record: (result: NodeResult) => void;
}

/** Returns whether all of them succeeded; after one that fails the others are skipped. */
export async function runOperations(operations: readonly CompiledOperation[], { connection, now, record }: OperationRun): Promise<boolean> {
  let failed: string | undefined;
  for (const operation of operations) {
    const result = failed === undefined ? await runOperation(connection, operation, now) : skippedOperation(operation, `"${failed}" failed`, now());
    record(result);
    if (result.status === "error") failed = titleOf(operation);
  }
  return failed === undefined;
}

export function skippedOperation(operation: CompiledOperation, message: string, at: Date): NodeResult {
  return { ...base(operation, at, at), status: "skipped", message, thread: 0, diagnostics: [] };
}

async function runOperation(connection: Connection, operation: CompiledOperation, now: () => Date): Promise<NodeResult> {
  const { sql, node } = operation;
  const started = now();
  try {
    if (node.transaction) await connection.execute("begin transaction");
    await execute(connection, sql);
    if (node.transaction) await connection.execute("commit");
    return { ...base(operation, started, now()), status: "success", message: undefined, diagnostics: [] };
  } catch (error) {
    // There may be no transaction any more.
    if (node.transaction) await connection.execute("rollback").catch(() => undefined);
    const [reason, statement] = error instanceof StatementError ? [error.error, error.sql] : [error, undefined];
    const diagnostic = aboutHook(mapEngineError(reason, statement, node.span), node.moment === "on demand" ? "an operation" : node.moment);
    return { ...base(operation, started, now()), status: "error", message: diagnostic.message, diagnostics: [diagnostic] };
  }
}

/** `on_run_start 1`, or the name of an operation that was asked for. */
function titleOf({ node }: CompiledOperation): string {
  return node.moment === "on demand" ? node.name : `${node.moment} ${node.index + 1}`;
}

function base(operation: CompiledOperation, started: Date, completed: Date) {
  const { node } = operation;
  return {
    uniqueId: node.uniqueId,
    name: node.name,
    title: titleOf(operation),
    kind: "operation",
    materialized: "operation",
    failures: undefined,
    failingRows: undefined,
    relationName: undefined,
    startedAt: started.toISOString(),
    completedAt: completed.toISOString(),
    seconds: (completed.getTime() - started.getTime()) / 1000,
    thread: 1,
    stageId: node.uniqueId,
  } as const;
}

/** Makes the results so far a table that `on_run_end` may read as {{results}}. */
export async function provideResults(connection: Connection, results: readonly NodeResult[]): Promise<void> {
  await connection.execute(`create or replace temp table ${resultsRelation.name} (
  unique_id varchar, name varchar, resource_type varchar, materialized varchar, status varchar, message varchar, failures double,
  relation_name varchar, started_at timestamptz, completed_at timestamptz, execution_time double, thread integer
)`);
  const appender = await connection.append({ schema: resultsRelation.schema, name: resultsRelation.name });
  const column = (read: (result: NodeResult) => unknown): readonly unknown[] => results.map(read);
  await appender.append(
    [
      column(({ uniqueId }) => uniqueId),
      column(({ name }) => name),
      column(({ kind }) => kind),
      column(({ materialized }) => materialized),
      column(({ status }) => status),
      column(({ message }) => message),
      column(({ failures }) => failures),
      column(({ relationName }) => relationName),
      column(({ startedAt }) => startedAt),
      column(({ completedAt }) => completedAt),
      column(({ seconds }) => seconds),
      column(({ thread }) => thread),
    ],
    results.length,
  );
  await appender.close();
}
