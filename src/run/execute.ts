/**
 * Executes a plan: as many stages at once as there are threads, each on a connection of its own, parents before children.
 * What failed skips exactly its descendants. Says what happens as a stream of events and returns the same as a result.
 */
import type { RelationType } from "../compile/materializations/materialization.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { quoteIdentifier } from "../core/names.ts";
import { memorySchema, type Plan, type Stage, testsOf } from "../plan/plan.ts";
import type { Dialect } from "../ports/dialect.ts";
import type { Connection, Database } from "../ports/engine.ts";
import { isFailure, type NodeResult, type RunEvent, type RunResult } from "../ports/run-event.ts";
import { createBatchMemory } from "./batch-memory.ts";
import { createFileMemory } from "./external/file-memory.ts";
import { type JavascriptHost, javascriptHost } from "./javascript/run-javascript.ts";
import { mapEngineError } from "./map-error.ts";
import { provideResults, runOperations, skippedOperation } from "./run-operations.ts";
import { describeUnitTest, runStage, runUnitTestStage } from "./run-stage.ts";
import type { FailureFile } from "./run-test.ts";
import { createDescriber } from "./unit/describe-shapes.ts";
import { createScratch, type OpenScratch } from "./unit/scratch.ts";

export interface ExecuteOptions {
  readonly database: Database;
  /** Opens a database in memory for unit tests, which need no warehouse. */
  readonly openScratch?: OpenScratch;
  readonly dialect: Dialect;
  readonly threads: number;
  readonly failFast: boolean;
  readonly invocation: {
    readonly invocationId: string;
    readonly startedAt: string;
  };
  readonly projectName: string;
  readonly emit: (event: RunEvent) => void;
  /** Aborting stops scheduling and interrupts what is running. */
  readonly signal: AbortSignal;
  readonly failureFile: (name: string) => FailureFile | undefined;
  readonly now?: () => Date;
  readonly javascript?: JavascriptHost;
  /** Nodes that are left as they are; they are told of before anything runs. */
  readonly reused?: readonly NodeResult[];
  /** Why nodes are not left as they are, by unique id. */
  readonly reasons?: ReadonlyMap<string, string> | undefined;
}

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
    const existing = await findExisting(first, plan);
    if (mayStart) await schedule(plan, options, { first, connect, lend, connectScratch, existing, now, record });
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

/** Schemas are created once, up front: two transactions that create the same one would conflict. */
async function prepareSchemas(connection: Connection, plan: Plan): Promise<void> {
  if (plan.schemas.length > 0) {
    const have = await connection.query("select schema_name from information_schema.schemata where catalog_name = current_database()");
    const names = new Set(have.rows.map((row) => String(row["schema_name"]).toLowerCase()));
    for (const schema of plan.schemas) if (!names.has(schema.toLowerCase())) await connection.execute(`create schema if not exists ${quoteIdentifier(schema)}`);
  }
  if (plan.schemas.includes(memorySchema)) await connection.execute(`${createBatchMemory};\n${createFileMemory}`);
}

async function findExisting(connection: Connection, plan: Plan): Promise<ReadonlyMap<string, RelationType>> {
  if (plan.stages.every((stage) => stage.kind === "test" || stage.kind === "unit_test")) return new Map();
  const found = await connection.query("select table_schema, table_name, table_type from information_schema.tables where table_catalog = current_database()");
  return new Map(found.rows.map((row) => [`${row["table_schema"]}.${row["table_name"]}`.toLowerCase(), row["table_type"] === "VIEW" ? "view" : "table"]));
}

interface Running {
  readonly first: Connection;
  readonly connect: () => Promise<Connection>;
  /** A connection that is interrupted with the others and closed by whoever asked for it. */
  readonly lend: () => Promise<Connection>;
  readonly connectScratch: () => Promise<Connection | readonly Diagnostic[]>;
  readonly existing: ReadonlyMap<string, RelationType>;
  readonly now: () => Date;
  readonly record: (result: NodeResult) => void;
}

async function schedule(plan: Plan, options: ExecuteOptions, running: Running): Promise<void> {
  const { signal, emit } = options;
  const { now, record } = running;
  const byId = new Map(plan.stages.map((stage) => [stage.id, stage]));
  const parents = new Map(plan.stages.map((stage) => [stage.id, stage.dependsOn.filter((id) => byId.has(id)).length]));
  const children = new Map<string, Stage[]>(plan.stages.map((stage) => [stage.id, []]));
  for (const stage of plan.stages) for (const id of stage.dependsOn) children.get(id)?.push(stage);
  const ready = plan.stages.filter((stage) => parents.get(stage.id) === 0);
  /** Why a stage must not run: the title of what failed above it. */
  const blocked = new Map<string, string>();
  let stopped = false;
  const done = new Set<string>();

  const settle = (stage: Stage, failure: string | undefined): void => {
    done.add(stage.id);
    for (const child of children.get(stage.id) ?? []) {
      if (failure !== undefined && !blocked.has(child.id)) blocked.set(child.id, failure);
      const left = (parents.get(child.id) ?? 0) - 1;
      parents.set(child.id, left);
      if (left === 0) ready.push(child);
    }
  };

  const describe = createDescriber(plan.shapes, options.dialect);
  const runOn = async (slot: Slot, stage: Stage): Promise<readonly NodeResult[]> => {
    const { existing } = running;
    const context = {
      dialect: options.dialect,
      now,
      thread: slot.thread,
      existing,
      describe,
      startedAt: options.invocation.startedAt,
      failureFile: options.failureFile,
      connect: running.lend,
      signal,
      failFast: options.failFast,
      say: (diagnostic: Diagnostic) => emit({ type: "diagnostic", diagnostic }),
      javascript: options.javascript ?? javascriptHost,
    };
    if (stage.kind === "unit_test") {
      slot.scratch ??= await running.connectScratch();
      return runUnitTestStage(slot.scratch, stage, context);
    }
    slot.connection ??= await running.connect();
    return runStage(slot.connection, stage, context);
  };

  const work = async (slot: Slot): Promise<void> => {
    for (;;) {
      if (signal.aborted || stopped) return;
      const stage = ready.shift();
      if (!stage) return;
      const reason = blocked.get(stage.id);
      if (reason !== undefined) {
        for (const result of skipped(stage, `"${reason}" failed`, now())) record(result);
        settle(stage, reason);
        continue;
      }
      emit({
        type: "node_started",
        uniqueId: stage.id,
        title: titleOf(stage),
        kind: stage.kind === "unit_test" ? "test" : stage.kind,
        materialized: materializedOf(stage),
        startedAt: now().toISOString(),
      });
      const outcome = await runOn(slot, stage);
      for (const result of outcome) record(result);
      const failed = outcome.some(({ status }) => isFailure(status));
      if (failed && options.failFast) stopped = true;
      settle(stage, failed ? titleOf(stage) : undefined);
      wake();
    }
  };

  // A worker that runs out of ready stages ends; whoever finishes a stage starts as many as there is work for.
  const idle: Slot[] = Array.from({ length: Math.max(1, options.threads) }, (_, i) => ({
    connection: i === 0 ? running.first : undefined,
    scratch: undefined,
    thread: i + 1,
  }));
  const active = new Set<Promise<void>>();
  const wake = (): void => {
    let starting = Math.min(ready.length, idle.length);
    for (; starting > 0; starting--) {
      const slot = idle.shift();
      if (!slot) return;
      const task = work(slot).finally(() => {
        idle.unshift(slot);
        active.delete(task);
      });
      active.add(task);
    }
  };
  wake();
  while (active.size > 0) {
    await Promise.race(active);
    if (!signal.aborted && !stopped) wake();
  }
  const reason = signal.aborted ? "the run was interrupted" : "the run stopped at the first failure";
  for (const stage of plan.stages) {
    if (done.has(stage.id)) continue;
    const above = signal.aborted ? undefined : blocked.get(stage.id);
    for (const result of skipped(stage, above === undefined ? reason : `"${above}" failed`, now())) record(result);
  }
}

/** What one thread works with; connections are made when they are first needed. */
interface Slot {
  connection: Connection | undefined;
  /** To the database of unit tests, or why there is none. */
  scratch: Connection | readonly Diagnostic[] | undefined;
  readonly thread: number;
}

function titleOf(stage: Stage): string {
  if (stage.kind === "unit_test") return stage.title;
  return stage.kind === "test" ? stage.test.title : stage.name;
}

function materializedOf(stage: Stage): string {
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
