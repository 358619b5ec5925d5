/**
 * Runs the stages of a plan: as many at once as there are threads, each on a connection of its own, parents before children.
 * What failed skips exactly its descendants. Opens nothing itself; it is handed what makes connections.
 */
import type { Diagnostic } from "../core/diagnostic.ts";
import type { Plan, Stage } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";
import { isFailure, type NodeResult } from "../ports/run-event.ts";
import type { ExecuteOptions } from "./execute-options.ts";
import { javascriptHost } from "./javascript/run-javascript.ts";
import { runStage, runUnitTestStage } from "./run-stage.ts";
import { materializedOf, skipped, titleOf } from "./skipped.ts";
import type { StageContext } from "./stage-context.ts";
import { createDescriber } from "./unit/describe-shapes.ts";

export interface Running {
  readonly first: Connection;
  readonly connect: () => Promise<Connection>;
  /** A connection that is interrupted with the others and closed by whoever asked for it. */
  readonly lend: () => Promise<Connection>;
  readonly connectScratch: () => Promise<Connection | readonly Diagnostic[]>;
  readonly standing: Pick<StageContext, "existing" | "partial">;
  readonly now: () => Date;
  readonly record: (result: NodeResult) => void;
}

export async function schedule(plan: Plan, options: ExecuteOptions, running: Running): Promise<void> {
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
    const context = {
      dialect: options.dialect,
      now,
      thread: slot.thread,
      ...running.standing,
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
      settle(stage, failed && !("childrenGoOn" in stage && stage.childrenGoOn) ? titleOf(stage) : undefined);
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
