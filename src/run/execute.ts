/**
 * Executes a plan: prepares the warehouse, runs hooks and stages, and cleans up whatever happens. Says what happens as a
 * stream of events and returns the same as a result.
 */
import type { Diagnostic } from "../core/diagnostic.ts";
import { type Plan, type Stage, testsOf } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";
import type { NodeResult, RunEvent, RunResult } from "../ports/run-event.ts";
import type { ExecuteOptions } from "./execute-options.ts";
import { mapEngineError } from "./map-error.ts";
import { findExisting, prepareSchemas } from "./prepare-warehouse.ts";
import { provideResults, runOperations, skippedOperation } from "./run-operations.ts";
import { schedule } from "./schedule.ts";
import { skipped } from "./skipped.ts";
import { createScratch } from "./unit/scratch.ts";

export async function executePlan(plan: Plan, options: ExecuteOptions): Promise<RunResult> {
  const { database, signal, emit, invocation } = options;
  const now = options.now ?? (() => new Date());
  const results: NodeResult[] = [];
  const record = (outcome: NodeResult): void => {
    const reason = options.reasons?.get(outcome.uniqueId);
    const result = reason === undefined ? outcome : { ...outcome, reason };
    results.push(result);
    emit({ type: "node_finished", result });
  };
  emit(runStarted(plan, options));
  options.reused?.forEach(record);

  const connections: Connection[] = [];
  const connect = async (): Promise<Connection> => {
    const connection = await database.connect();
    connections.push(connection);
    return connection;
  };
  const lend = async (): Promise<Connection> => {
    const connection = await connect();
    const close = (): void => {
      connections.splice(connections.indexOf(connection), 1);
      connection.close();
    };
    return { ...connection, close };
  };
  const scratch = createScratch(options.openScratch);
  const connectScratch = async (): Promise<Connection | readonly Diagnostic[]> => {
    const connection = await scratch.connect();
    if ("execute" in connection) connections.push(connection);
    return connection;
  };
  const first = await connect();
  const interruptAll = (): void => {
    for (const connection of connections) connection.interrupt();
  };
  /** An interruption that comes between two statements is lost on the second one, so it is repeated until all is quiet. */
  let repeated: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    interruptAll();
    repeated = setInterval(interruptAll, 50);
  };
  signal.addEventListener("abort", onAbort);
  try {
    await prepareSchemas(first, plan);
    const operations = { connection: first, now, record };
    const mayStart = await runOperations(plan.onRunStart, operations);
    const standing = await findExisting(first, plan);
    if (mayStart) await schedule(plan, options, { first, connect, lend, connectScratch, standing, now, record });
    else for (const stage of plan.stages) for (const result of skipped(stage, "on_run_start failed", now())) record(result);
    if (mayStart && !signal.aborted) {
      if (plan.onRunEnd.length > 0) await provideResults(first, results);
      await runOperations(plan.onRunEnd, operations);
    } else for (const operation of plan.onRunEnd) record(skippedOperation(operation, mayStart ? "the run was interrupted" : "on_run_start failed", now()));
  } catch (error) {
    emit({
      type: "diagnostic",
      diagnostic: mapEngineError(error, undefined, {
        file: "retain.yml",
        start: 0,
        end: 0,
      }),
    });
    for (const stage of plan.stages) for (const result of skipped(stage, "the warehouse could not be prepared", now())) record({ ...result, status: "error" });
  } finally {
    signal.removeEventListener("abort", onAbort);
    clearInterval(repeated);
    for (const connection of connections) connection.close();
    await scratch.close();
  }
  const completed = now();
  const result: RunResult = {
    invocationId: invocation.invocationId,
    command: plan.command,
    targetName: plan.targetName,
    startedAt: invocation.startedAt,
    completedAt: completed.toISOString(),
    seconds: (completed.getTime() - Date.parse(invocation.startedAt)) / 1000,
    results,
    interrupted: signal.aborted,
  };
  emit({ type: "run_finished", result });
  return result;
}

function runStarted(plan: Plan, options: ExecuteOptions): RunEvent {
  const attached = plan.stages.reduce((sum, stage) => sum + (stage.kind === "test" ? 0 : testsOf(stage).length), 0);
  const count = (kind: Stage["kind"]) => plan.stages.filter((stage) => stage.kind === kind).length;
  return {
    type: "run_started",
    ...options.invocation,
    command: plan.command,
    projectName: options.projectName,
    targetName: plan.targetName,
    threads: options.threads,
    counts: {
      models: count("model"),
      seeds: count("seed"),
      snapshots: count("snapshot"),
      tests: count("test") + count("unit_test") + attached,
    },
    total: plan.stages.length + attached + plan.onRunStart.length + plan.onRunEnd.length + (options.reused?.length ?? 0),
  };
}
