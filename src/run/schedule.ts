/**
 * Runs the stages of a plan: as many at once as there are threads, each on a connection of its own, parents before children.
 * What failed skips exactly its descendants. Opens nothing itself; it is handed what makes connections.
 */
import type { Diagnostic } from "../core/diagnostic.ts";
import type { ModelStage, Plan, Stage } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";
import { isFailure, type NodeResult } from "../ports/run-event.ts";
import type { TypeNames } from "./check-contract.ts";
import type { ExecuteOptions } from "./execute-options.ts";
import { javascriptHost } from "./javascript/run-javascript.ts";
import { runStage, runUnitTestStage } from "./run-stage.ts";
import { isLight, mostTogether, runTogether } from "./run-together.ts";
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
  const types: TypeNames = new Map();
  const contextOf = (slot: Slot): StageContext => ({
    dialect: options.dialect,
    now,
    thread: slot.thread,
    ...running.standing,
    types,
    describe,
    startedAt: options.invocation.startedAt,
    failureFile: options.failureFile,
    connect: running.lend,
    signal,
    failFast: options.failFast,
    say: (diagnostic: Diagnostic) => emit({ type: "diagnostic", diagnostic }),
    javascript: options.javascript ?? javascriptHost,
  });
  const runOn = async (slot: Slot, stage: Stage): Promise<readonly NodeResult[]> => {
    if (stage.kind === "unit_test") {
      slot.scratch ??= await running.connectScratch();
      return runUnitTestStage(slot.scratch, stage, contextOf(slot));
    }
    slot.connection ??= await running.connect();
    return runStage(slot.connection, stage, contextOf(slot));
  };

  const announced = new Set<string>();
  const announce = (stage: Stage, startedAt: Date): void => {
    if (announced.has(stage.id)) return;
    announced.add(stage.id);
    emit({
      type: "node_started",
      uniqueId: stage.id,
      title: titleOf(stage),
      kind: stage.kind === "unit_test" ? "test" : stage.kind,
      materialized: materializedOf(stage),
      startedAt: startedAt.toISOString(),
    });
  };

  /** Did not succeed together with others: each is tried by itself. */
  const alone = new Set<string>();
  const isLightHere = (stage: Stage): stage is ModelStage => !alone.has(stage.id) && !blocked.has(stage.id) && isLight(stage, running.standing);
  /** The first ready stages as far as they are light: a fair share of them for one thread. */
  const takeTogether = (): readonly ModelStage[] => {
    const most = Math.min(mostTogether, Math.ceil(ready.length / Math.max(1, options.threads)));
    const end = ready.slice(0, most).findIndex((stage) => !isLightHere(stage));
    const count = end < 0 ? Math.min(most, ready.length) : end;
    return count < 2 ? [] : (ready.splice(0, count) as ModelStage[]);
  };
  const workTogether = async (slot: Slot, stages: readonly ModelStage[]): Promise<void> => {
    slot.connection ??= await running.connect();
    const results = await runTogether(slot.connection, stages, contextOf(slot), announce);
    if (!results) for (const { id } of stages) alone.add(id);
    ready.unshift(...stages.slice(results?.length ?? 0));
    results?.forEach((result, i) => {
      const stage = stages[i] as ModelStage;
      announce(stage, new Date(result.startedAt));
      record(result);
      settle(stage, undefined);
    });
  };

  const work = async (slot: Slot): Promise<void> => {
    for (;;) {
      if (signal.aborted || stopped) return;
      const together = takeTogether();
      if (together.length > 0) {
        await workTogether(slot, together);
        wake();
        continue;
      }
      const stage = ready.shift();
      if (!stage) return;
      const reason = blocked.get(stage.id);
      if (reason !== undefined) {
        for (const result of skipped(stage, `"${reason}" failed`, now())) record(result);
        settle(stage, reason);
        continue;
      }
      announce(stage, now());
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
