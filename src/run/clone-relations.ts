/**
 * Makes relations of this warehouse out of those of another one: each in a transaction of its own, in the order that is
 * given, so that views come after what they read. Says what happens as the same stream of events as a build.
 */
import type { RelationType } from "../compile/materializations/materialization.ts";
import type { Relation } from "../compile/values.ts";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { plural, quoteIdentifier } from "../core/names.ts";
import type { Span } from "../core/span.ts";
import { type Connection, EngineError, type RelationAddress, type RelationName } from "../ports/engine.ts";
import { isFailure, type NodeResult, type RunEvent, type RunResult } from "../ports/run-event.ts";
import { type CloneMemory, prepareMemory } from "./clone-memory.ts";
import { mapEngineError } from "./map-error.ts";
import { relationKey } from "./stage-context.ts";
import { limitedMessage } from "./state/record-run.ts";

export interface CloneTask {
  readonly id: string;
  readonly name: string;
  readonly kind: "model" | "seed" | "snapshot";
  readonly materialized: string;
  readonly relation: Relation;
  readonly from: RelationAddress;
  /** What stands here and gives way. */
  readonly replaces: RelationType | undefined;
  /** Writes down the rows of what reads files that belong to the other target. */
  readonly asTable: boolean;
  /** Whether it is known to have been built from a part of its inputs: then so is the copy, and exports leave it alone. */
  readonly isLimited: boolean;
  /** Whether words of the database that may quote the data are kept back. */
  readonly isPrivate: boolean;
  readonly span: Span;
}

export interface CloneOptions {
  readonly connection: Connection;
  readonly invocation: { readonly invocationId: string; readonly startedAt: string };
  readonly projectName: string;
  readonly targetName: string;
  readonly failFast?: boolean;
  /** Results of what is there already and kept. */
  readonly kept: readonly NodeResult[];
  readonly rename: (there: RelationName) => RelationName | undefined;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

export async function cloneRelations(tasks: readonly CloneTask[], options: CloneOptions): Promise<RunResult> {
  const { connection, signal, emit, now, invocation, kept } = options;
  const results: NodeResult[] = [];
  const record = (result: NodeResult): void => {
    results.push(result);
    emit({ type: "node_finished", result });
  };
  const count = (kind: CloneTask["kind"]) => tasks.filter((task) => task.kind === kind).length;
  const { projectName, targetName } = options;
  emit({
    type: "run_started",
    ...invocation,
    command: "clone",
    projectName,
    targetName,
    threads: 1,
    counts: { models: count("model"), seeds: count("seed"), snapshots: count("snapshot"), tests: 0 },
    total: tasks.length + kept.length,
  });
  kept.forEach(record);
  const interrupt = (): void => connection.interrupt();
  signal.addEventListener("abort", interrupt);
  try {
    await prepareSchemas(connection, tasks);
    const [first] = tasks;
    const memory = first && (await prepareMemory(connection, first.from.catalog));
    for (const task of tasks) {
      const reason = signal.aborted ? "the run was interrupted" : options.failFast && results.some(({ status }) => isFailure(status)) ? "stopped" : undefined;
      if (reason !== undefined) {
        record(cloneResult(task, "skipped", { message: reason, startedAt: now(), completedAt: now() }));
        continue;
      }
      const startedAt = now();
      emit({ type: "node_started", uniqueId: task.id, title: task.name, kind: task.kind, materialized: "clone", startedAt: startedAt.toISOString() });
      const outcome = await cloneOne(connection, task, options.rename, memory);
      record(cloneResult(task, outcome.status, { ...outcome, startedAt, completedAt: now() }));
    }
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
  const completed = now();
  const seconds = (completed.getTime() - Date.parse(invocation.startedAt)) / 1000;
  const result: RunResult = {
    ...invocation,
    command: "clone",
    targetName,
    completedAt: completed.toISOString(),
    seconds,
    results,
    interrupted: signal.aborted,
  };
  emit({ type: "run_finished", result });
  return result;
}

/** Up front, as in a build. */
async function prepareSchemas(connection: Connection, tasks: readonly CloneTask[]): Promise<void> {
  const schemas = new Set(tasks.map(({ relation }) => relation.schema));
  for (const schema of schemas) await connection.execute(`create schema if not exists ${quoteIdentifier(schema)}`);
}

interface CloneOutcome {
  readonly status: "success" | "error";
  readonly message?: string | undefined;
  readonly diagnostics?: readonly Diagnostic[];
}

async function cloneOne(connection: Connection, task: CloneTask, rename: CloneOptions["rename"], memory: CloneMemory | undefined): Promise<CloneOutcome> {
  const { relation, from, replaces, asTable } = task;
  try {
    await connection.execute("begin transaction");
    if (replaces) await connection.execute(`drop ${replaces} ${relation.sql}`);
    const copied = await connection.copyRelation({ from, to: relation, asTable, rename });
    const remembered = await memory?.copy(relationKey(from), relationKey(relation));
    await connection.execute("commit");
    const isLimited = task.isLimited || remembered?.isPartial === true;
    return { status: "success", message: isLimited ? limitedMessage : copied?.rows === undefined ? "as it is there" : plural(copied.rows, "row") };
  } catch (error) {
    await connection.execute("rollback").catch(() => undefined);
    const diagnostic = explain(error, task);
    return { status: "error", message: diagnostic.message, diagnostics: [diagnostic] };
  }
}

function explain(error: unknown, task: CloneTask): Diagnostic {
  const { name, span, isPrivate } = task;
  const missing = error instanceof EngineError && error.kind === "relation" ? error.missing : undefined;
  if (missing === undefined) return mapEngineError(error, undefined, span, isPrivate);
  return diagnose("RT0493", { view: name, missing: `"${missing}"` }, { span, help: `clone what it reads with it: --select +${name}` });
}

interface Timing {
  readonly message?: string | undefined;
  readonly diagnostics?: readonly Diagnostic[];
  readonly startedAt: Date;
  readonly completedAt: Date;
}

export function cloneResult(
  task: Pick<CloneTask, "id" | "name" | "kind" | "materialized" | "relation">,
  status: NodeResult["status"],
  { message, diagnostics = [], startedAt, completedAt }: Timing,
): NodeResult {
  return {
    uniqueId: task.id,
    name: task.name,
    title: task.name,
    kind: task.kind,
    materialized: task.materialized,
    status,
    message,
    failures: undefined,
    failingRows: undefined,
    relationName: task.relation.sql,
    startedAt: startedAt.toISOString(),
    completedAt: completedAt.toISOString(),
    seconds: (completedAt.getTime() - startedAt.getTime()) / 1000,
    thread: status === "success" || status === "error" ? 1 : 0,
    diagnostics,
    stageId: task.id,
  };
}
