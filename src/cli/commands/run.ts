/** `build`, `run`, `seed` and `test`: plan what was selected, execute it, report it, and write down what happened. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RunResults } from "../../artifacts/merge-results.ts";
import { parseTime } from "../../compile/materializations/incremental/batches.ts";
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { makePlan } from "../../plan/make-plan.ts";
import { type Plan, type RunCommand, testsOf } from "../../plan/plan.ts";
import type { Database } from "../../ports/engine.ts";
import type { RunResult } from "../../ports/run-event.ts";
import { executePlan } from "../../run/execute.ts";
import type { FailureFile } from "../../run/run-test.ts";
import type { RunFacts } from "../../run/state/fingerprints.ts";
import { writeRunArtifacts } from "../artifacts.ts";
import { type Changed, findChanged, gatherFacts, wantsChanged } from "../changed.ts";
import type { CliContext } from "../context.ts";
import { attachedForDefer, deferIn, noteViews, wantsDefer } from "../defer.ts";
import { describeLimit, inputLimitOf } from "../input-limit.ts";
import type { RunOptions } from "../options.ts";
import { describePlan, planData } from "../plan-text.ts";
import { journalRun, recordedArguments, recoverRuns } from "../recover.ts";
import { createReporters } from "../reporting.ts";
import { openScratch, openSession, openWarehouse, type Session, selectFor } from "../session.ts";
import { preloadState, saveState } from "../state.ts";

export async function runCommand(context: CliContext, command: RunCommand, options: RunOptions): Promise<number> {
  const misuse = checkInputOptions(command, options) ?? checkEventTimes(options);
  if (misuse) {
    context.reportDiagnostics([misuse], { color: options.color });
    return 2;
  }
  const session = await openSession(context, options);
  if (!session) return 2;
  const selected = selectFor(session, options);
  if (!selected) return 2;
  return runSelected(context, session, { command, selected, options });
}

export interface RunRequest {
  readonly command: RunCommand;
  readonly selected: ReadonlySet<string>;
  readonly options: RunOptions;
  /** The results of the run that this one tries again. */
  readonly completes?: RunResults;
  /** The warehouse where it is open already; it is closed when the run is over. */
  readonly database?: Database;
}

export async function runSelected(context: CliContext, opened: Session, request: RunRequest): Promise<number> {
  const { command, options } = request;
  const { config } = opened;
  const inputs = inputLimitOf(options);
  const prepared = await prepare(context, opened, request);
  if (!prepared) return 2;
  const { session, plan, database, changed } = prepared;
  if (inputs)
    session.report([
      diagnose("RT0025", { limit: describeLimit(inputs), tests: inputs.kind === "none" ? "tests are only checked to run" : "failed tests warn" }),
    ]);
  if (options.dryRun) {
    database?.close();
    context.stdout.write(options.json ? `${JSON.stringify(planData(plan, changed), null, 2)}\n` : describePlan(plan, changed));
    return 0;
  }
  if (plan.stages.length === 0 && !options.select && !changed?.reused.length)
    session.report([diagnose("RT0002", { criterion: (options.select ?? ["everything"]).join(" ") }, { help: `there is nothing to ${command}` })]);
  const reporters = createReporters(context, options, session.sources, config.secrets, config.projectDir);
  if (!reporters) {
    database?.close();
    return 2;
  }
  return execute(context, prepared, request, reporters);
}

interface Prepared {
  readonly session: Session;
  readonly plan: Plan;
  /** Open where the plan depends on what is in it. */
  readonly database: Database | undefined;
  readonly changed: Changed | undefined;
  readonly facts: RunFacts | undefined;
}

/** The plan; `undefined` after what kept from making one has been said. */
async function prepare(context: CliContext, opened: Session, { command, selected, options, database: given }: RunRequest): Promise<Prepared | undefined> {
  const { config } = opened;
  const planFor = ({ graph, compiled }: Session, ids: ReadonlySet<string> = selected): Plan =>
    makePlan(graph, compiled, {
      command,
      targetName: config.targetName,
      targetSchema: config.target.schema,
      projectDir: config.projectDir,
      selected: ids,
      fullRefresh: options.fullRefresh ?? false,
      ...eventTimes(options),
      inputs: inputLimitOf(options),
    });
  const first = planFor(opened);
  // What stands in the warehouse matters only to these.
  if (!wantsDefer(options) && !(wantsChanged(options) && needsWarehouse(first))) {
    return { session: opened, plan: first, database: given, changed: undefined, facts: undefined };
  }
  const attached = attachedForDefer(opened, options);
  const database = given ?? (attached && (await openWarehouse(context, opened, options, isReadOnly(first), attached)));
  if (!database) return undefined;
  const session = await deferIn(opened, database, options, selected, first);
  const plan = session && planFor(session);
  if (!plan) {
    database.close();
    return undefined;
  }
  opened.report(noteViews(plan, attached?.[0]?.alias));
  if (!wantsChanged(options)) return { session, plan, database, changed: undefined, facts: undefined };
  await recoverRuns(context, session, options);
  const facts = await gatherFacts(context, session, database, plan);
  if (!facts) session.report([diagnose("RT0510", { target: config.targetName })]);
  const changed = facts && (await findChanged(context, session, database, plan, facts, options));
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

async function execute(
  context: CliContext,
  prepared: Prepared,
  request: RunRequest,
  reporters: NonNullable<ReturnType<typeof createReporters>>,
): Promise<number> {
  const { options, completes } = request;
  const { session, plan, changed } = prepared;
  const { config } = session;
  // Unit tests alone need no warehouse: none is opened for them, and none has to exist.
  const warehouse = needsWarehouse(plan);
  const readOnly = !warehouse || isReadOnly(plan);
  const database = prepared.database ?? (warehouse ? await openWarehouse(context, session, options, readOnly) : await openAlone(context, session));
  if (!database) return 2;
  if (warehouse) await recoverRuns(context, session, options);
  const facts = prepared.facts ?? (warehouse ? await gatherFacts(context, session, database, plan) : undefined);
  const args = recordedArguments(context, session, options);
  const journal = readOnly ? undefined : journalRun(context, session, plan, args, completes);
  const failures = prepareFailures(config.projectDir, plan);
  const abort = new AbortController();
  let signalCode = 0;
  const stopListening = context.onInterrupt((code) => {
    signalCode = code;
    abort.abort();
  });
  preloadState(context);
  let result: RunResult;
  try {
    result = await executePlan(plan, {
      database,
      openScratch: () => openScratch(context, session),
      dialect: context.dialect,
      threads: options.threads || config.target.threads,
      failFast: options.failFast ?? false,
      invocation: context.invocation,
      projectName: config.project.name,
      emit: (event) => {
        if (event.type === "node_finished") journal?.record(event.result);
        reporters.emit(event);
      },
      signal: abort.signal,
      failureFile: failures.file,
      now: context.now,
      reused: changed?.reused ?? [],
      reasons: options.explainChanged ? changed?.reasons : undefined,
    });
    await writeRunArtifacts(context, session, { database: warehouse ? database : undefined, plan, result, args, completes });
  } finally {
    stopListening();
    failures.cleanUp();
    database.close();
  }
  const recorded = await saveState(context, session, result, options, facts, journal);
  // What could not be recorded now is recorded by the next command that holds the warehouse.
  if (recorded === "recorded") journal?.remove();
  const reported = await reporters.close();
  const exitCode = exitCodeOf(result, options);
  if (exitCode === 0 && options.warnError && result.results.some((node) => node.status === "warn")) {
    context.stderr.write("warnings count as failures, because of --warn-error\n");
    return signalCode || 1;
  }
  return signalCode || exitCode || (recorded !== "lost" && reported ? 0 : 1);
}

function checkInputOptions(command: RunCommand, options: RunOptions): Diagnostic | undefined {
  if (options.empty && options.sample) return diagnose("RT0001", { problem: "--empty and --sample cannot be combined" }, { help: "choose one of them" });
  if (command === "test" && inputLimitOf(options)) {
    const problem = `${options.empty ? "--empty" : "--sample"} is for commands that build: test reads what is published`;
    return diagnose("RT0001", { problem }, { help: "write `retain build` with it" });
  }
  return undefined;
}

function needsWarehouse({ stages }: Plan): boolean {
  return stages.length === 0 || stages.some(({ kind }) => kind !== "unit_test");
}

async function openAlone(context: CliContext, session: Session): Promise<Database | undefined> {
  const opened = await openScratch(context, session);
  session.report(opened.diagnostics);
  return opened.value;
}

function eventTimes({ eventTimeStart, eventTimeEnd }: RunOptions) {
  return {
    eventTimeStart: eventTimeStart === undefined ? undefined : parseTime(eventTimeStart),
    eventTimeEnd: eventTimeEnd === undefined ? undefined : parseTime(eventTimeEnd),
  };
}

function checkEventTimes(options: RunOptions): Diagnostic | undefined {
  const given = [
    ["--event-time-start", options.eventTimeStart],
    ["--event-time-end", options.eventTimeEnd],
  ] as const;
  const unread = given.find(([, text]) => text !== undefined && parseTime(text) === undefined);
  if (unread)
    return diagnose("RT0001", { problem: `${unread[0]} ${unread[1]} is no date or time` }, { help: "write it as 2026-01-31 or 2026-01-31T08:00, in UTC" });
  const { eventTimeStart: start, eventTimeEnd: end } = eventTimes(options);
  if (start !== undefined && end !== undefined && start >= end)
    return diagnose("RT0001", { problem: "--event-time-start must lie before --event-time-end" }, { help: "the end is not part of the time" });
  return undefined;
}

/** Rows of failed tests are kept until the test runs again. */
function prepareFailures(projectDir: string, plan: Plan) {
  const folder = join(projectDir, "target", "failures");
  const spool = join(folder, ".spool");
  const nameOf = (test: string): string => test.replace(/[^\w.-]+/g, "_").slice(0, 180);
  const tests = plan.stages.flatMap(testsOf);
  for (const test of tests) removeQuietly(join(folder, `${nameOf(test.keepAs)}.csv`));
  return {
    file: (test: string): FailureFile | undefined => {
      try {
        mkdirSync(spool, { recursive: true });
      } catch {
        return undefined;
      }
      const name = nameOf(test);
      return { shown: `target/failures/${name}.csv`, absolute: slashed(join(folder, `${name}.csv`)), spool: slashed(join(spool, `${name}.parquet`)) };
    },
    cleanUp: () => removeQuietly(spool),
  };
}

/** What cannot be removed is not there, or target/ is no folder: then writing the artifacts says so. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Nothing to do.
  }
}

function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}

function exitCodeOf(result: RunResult, options: RunOptions): number {
  const { results } = result;
  const testsFailed = results.some((node) => node.status === "fail");
  const broken = results.some((node) => (node.status === "error" || node.status === "partial success") && !isOnlyUnpublished(node, result));
  if (broken) return 1;
  if (testsFailed) return options.testFailureExitCode ?? 1;
  return results.some((node) => node.status === "skipped") ? 1 : 0;
}

/** A model that was not published because its tests failed is a failed test, not an error of its own. */
function isOnlyUnpublished(node: RunResult["results"][number], result: RunResult): boolean {
  if (node.kind === "test" || node.diagnostics.some((d) => d.severity === "error")) return false;
  const tests = result.results.filter((other) => other.stageId === node.uniqueId && other.kind === "test");
  return tests.some((test) => test.status === "fail") && !tests.some((test) => test.status === "error");
}
