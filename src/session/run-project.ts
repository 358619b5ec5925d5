/**
 * A run from what was selected to what is written down: plan it, open the warehouse, execute, write the artifacts, record
 * it. The command line and the programmatic API both run this way; who asked is told by events and by a value.
 */
import type { RunResults } from "../artifacts/merge-results.ts";
import type { Compiled } from "../compile/compiled.ts";
import { diagnose } from "../core/diagnostic.ts";
import { inBackground } from "../core/steps.ts";
import { ownPartsOf } from "../plan/fingerprint.ts";
import { makePlan } from "../plan/make-plan.ts";
import { type Plan, type RunCommand, testsOf } from "../plan/plan.ts";
import type { Database } from "../ports/engine.ts";
import type { RunEvent, RunResult } from "../ports/run-event.ts";
import { executePlan } from "../run/execute.ts";
import type { RunFacts } from "../run/state/fingerprints.ts";
import { writeRunArtifacts, writeRunFiles } from "./artifacts.ts";
import { type Changed, findChanged, gatherFacts, wantsChanged } from "./changed.ts";
import { eventTimesOf } from "./check-run-settings.ts";
import { attachedForDefer, deferIn, noteViews, wantsDefer } from "./defer.ts";
import type { Host } from "./host.ts";
import { describeLimit, inputLimitOf } from "./input-limit.ts";
import { keepFailures } from "./keep-failures.ts";
import type { RunSettings } from "./options.ts";
import { journalRun, recordedArguments, recoverRuns } from "./recover.ts";
import { openScratch, openWarehouse, type Session } from "./session.ts";
import { preloadState, type Recording, saveState } from "./state.ts";

export interface RunRequest<Options extends RunSettings = RunSettings> {
  readonly command: RunCommand;
  readonly selected: ReadonlySet<string>;
  readonly options: Options;
  /** The results of the run that this one tries again. */
  readonly completes?: RunResults;
  /** The warehouse where it is open already; it is closed when the run is over. */
  readonly database?: Database;
}

export interface PreparedRun {
  readonly session: Session;
  readonly plan: Plan;
  /** Open where the plan depends on what is in it. */
  readonly database: Database | undefined;
  readonly changed: Changed | undefined;
  readonly facts: RunFacts | undefined;
}

/** The plan; `undefined` after what kept from making one has been said. */
export async function prepareRun(host: Host, opened: Session, request: RunRequest, signal?: AbortSignal): Promise<PreparedRun | undefined> {
  const { command, selected, options, database: given } = request;
  const { config } = opened;
  const inputs = inputLimitOf(options);
  if (inputs) {
    const tests = inputs.kind === "none" ? "tests are only checked to run" : "failed tests warn";
    opened.report([diagnose("RT0025", { limit: describeLimit(inputs), tests })]);
  }
  const planFor = ({ graph, compiled }: Session, ids: ReadonlySet<string> = selected): Plan =>
    makePlan(graph, compiled, {
      command,
      targetName: config.targetName,
      targetSchema: config.target.schema,
      projectDir: config.projectDir,
      selected: ids,
      fullRefresh: options.fullRefresh ?? false,
      ...eventTimesOf(options),
      inputs,
    });
  const first = planFor(opened);
  // What stands in the warehouse matters only to these.
  if (!wantsDefer(options) && !(wantsChanged(options) && needsWarehouse(first))) {
    return { session: opened, plan: first, database: given, changed: undefined, facts: undefined };
  }
  const attach = attachedForDefer(opened, options);
  const database = given ?? (attach && (await openWarehouse(host, opened, options, isReadOnly(first), { attach, ...(signal && { signal }) })));
  if (!database) return undefined;
  const session = await deferIn(opened, database, options, selected, first);
  const plan = session && planFor(session);
  if (!plan) {
    database.close();
    return undefined;
  }
  opened.report(noteViews(plan, attach?.[0]?.alias));
  if (!wantsChanged(options)) return { session, plan, database, changed: undefined, facts: undefined };
  await recoverRuns(host, session, options);
  const facts = await gatherFacts(host, session, database, plan);
  if (!facts) session.report([diagnose("RT0510", { target: config.targetName })]);
  const changed = facts && (await findChanged(host, session, database, plan, facts, options));
  if (facts && !changed) {
    database.close();
    return undefined;
  }
  const reused = new Set(changed?.reused.map(({ uniqueId }) => uniqueId));
  return { session, plan: planFor(session, new Set([...selected].filter((id) => !reused.has(id)))), database, changed, facts };
}

/** Tests that keep no tables read only. */
function isReadOnly({ command, schemas, onRunStart, onRunEnd }: Plan): boolean {
  return command === "test" && schemas.length === 0 && onRunStart.length === 0 && onRunEnd.length === 0;
}

export interface RunListener {
  readonly emit: (event: RunEvent) => void;
  /** Aborting stops scheduling and interrupts what is running. */
  readonly signal: AbortSignal;
}

export interface FinishedRun {
  readonly result: RunResult;
  readonly recording: Recording;
}

/** Closes the warehouse in any case; `undefined` after what kept from opening it has been said. */
export async function executeRun(host: Host, prepared: PreparedRun, request: RunRequest, { emit, signal }: RunListener): Promise<FinishedRun | undefined> {
  const { options, completes } = request;
  const { session, plan, changed } = prepared;
  const { config } = session;
  // Unit tests alone need no warehouse: none is opened for them, and none has to exist.
  const warehouse = needsWarehouse(plan);
  const readOnly = !warehouse || isReadOnly(plan);
  const database = prepared.database ?? (warehouse ? await openWarehouse(host, session, options, readOnly, { signal }) : await openAlone(host, session));
  if (!database) return undefined;
  if (warehouse) await recoverRuns(host, session, options);
  const facts = prepared.facts ?? (warehouse ? await gatherFacts(host, session, database, plan) : undefined);
  const args = recordedArguments(host, session, options);
  const journal = readOnly ? undefined : journalRun(host, session, plan, args, completes);
  const failures = keepFailures(config.projectDir, plan, host.invocation.invocationId);
  preloadState();
  // The statements are executed in threads of their own.
  const sqlFiles = inBackground(writeRunFiles(session, plan, changed?.reused));
  const own = facts && inBackground(ownPartsOf(compiledOf(session, plan), facts));
  let result: RunResult;
  try {
    result = await executePlan(plan, {
      database,
      openScratch: () => openScratch(host, session),
      dialect: host.dialect,
      threads: options.threads || config.target.threads,
      failFast: options.failFast ?? false,
      invocation: host.invocation,
      projectName: config.project.name,
      emit: (event) => {
        if (event.type === "node_finished") journal?.record(event.result);
        emit(event);
      },
      signal,
      failureFile: failures.file,
      now: host.now,
      reused: changed?.reused ?? [],
      reasons: options.explainChanged ? changed?.reasons : undefined,
    });
    await writeRunArtifacts(host, session, { database: warehouse ? database : undefined, sqlFiles, result, args, completes });
  } finally {
    failures.cleanUp();
    database.close();
  }
  const recording = await saveState(host, session, result, options, facts && { ...facts, own: own?.finish() }, journal);
  // What could not be recorded now is recorded by the next command that holds the warehouse.
  if (recording === "recorded") journal?.remove();
  return { result, recording };
}

function compiledOf({ compiled }: Session, { stages }: Plan): readonly Compiled[] {
  const ids = stages.flatMap((stage) => [stage.id, ...testsOf(stage).map(({ id }) => id)]);
  return ids.flatMap((id) => compiled.nodes.get(id) ?? []);
}

/** How a run went as a whole: a failed test says something of the data, anything else that something went wrong. */
export function verdictOf(result: RunResult): "ok" | "tests failed" | "failed" {
  const { results } = result;
  const broken = results.some((node) => (node.status === "error" || node.status === "partial success") && !isOnlyUnpublished(node, result));
  if (broken) return "failed";
  if (results.some((node) => node.status === "fail")) return "tests failed";
  return results.some((node) => node.status === "skipped") ? "failed" : "ok";
}

/** A model that was not published because its tests failed is a failed test, not an error of its own. */
function isOnlyUnpublished(node: RunResult["results"][number], result: RunResult): boolean {
  if (node.kind === "test" || node.diagnostics.some((d) => d.severity === "error")) return false;
  const tests = result.results.filter((other) => other.stageId === node.uniqueId && other.kind === "test");
  return tests.some((test) => test.status === "fail") && !tests.some((test) => test.status === "error");
}

function needsWarehouse({ stages }: Plan): boolean {
  return stages.length === 0 || stages.some(({ kind }) => kind !== "unit_test");
}

async function openAlone(host: Host, session: Session): Promise<Database | undefined> {
  const opened = await openScratch(host, session);
  session.report(opened.diagnostics);
  return opened.value;
}
