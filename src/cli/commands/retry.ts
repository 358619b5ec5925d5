/**
 * `retry`: the last run's command and flags again, for what failed or was skipped in it. The results are merged, so that
 * run_results.json tells of the whole run however often it is retried; a run that was killed is continued from its journal.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { mergeRunResults, type PreviousRun, type RunResults, readPreviousRun, unfinishedNodes } from "../../artifacts/merge-results.ts";
import { artifactSecrets } from "../../artifacts/redact.ts";
import { createRunResults } from "../../artifacts/run-results.ts";
import { writeArtifact } from "../../artifacts/write-artifact.ts";
import { loadConfig } from "../../config/load.ts";
import { type Diagnostic, diagnose, hasErrors } from "../../core/diagnostic.ts";
import { reach } from "../../graph/dag.ts";
import type { Graph } from "../../graph/graph.ts";
import { configOf } from "../../graph/select/node-config.ts";
import { isRunCommand } from "../../plan/make-plan.ts";
import { asRunResult, readJournals, type UnfinishedRun } from "../../run/journal.ts";
import { attachedForDefer } from "../../session/defer.ts";
import { deadRuns, journalPrefix, recoverRuns } from "../../session/recover.ts";
import { evaluateSelection, openWarehouse, type Session } from "../../session/session.ts";
import type { CliContext } from "../context.ts";
import { openSession } from "../open-session.ts";
import { deferOptions, globalOptions, type RunOptions, runOptions, selectionOptions } from "../options.ts";
import { optionName } from "../to-option.ts";
import { runSelected } from "./run.ts";

/** What is given here goes over what the last run was given. */
export type RetryOptions = Partial<RunOptions>;

export async function retryCommand(context: CliContext, given: RetryOptions): Promise<number> {
  const found = await findLastRun(context, given);
  if (found === undefined) {
    // It says what is wrong with the project.
    await openSession(context, withDefaults(given));
    return 2;
  }
  const stop = (problem: Diagnostic): number => {
    context.reportDiagnostics([problem], { color: given.color });
    return 2;
  };
  if ("code" in found) return stop(found);
  const { command = "", args, startedAt } = found.run;
  if (!isRunCommand(command)) return stop(nothing(command === "" ? "the results do not say which command wrote them" : `the last command was ${command}`));
  const options = withDefaults({ ...repeatable(args), ...given });
  if (JSON.stringify([options.vars, options.target]).includes("***"))
    return stop(nothing("its --vars held a secret, which was not kept", "give --vars again: `retain retry --vars '{...}'`"));

  // The time that templates see is that of the run which is completed: half of it was built with that time.
  const then = { ...context, invocation: { ...context.invocation, startedAt: startedAt || context.invocation.startedAt } };
  const session = await openSession(then, options);
  if (!session) return 2;
  if (session.config.target.path === ":memory:")
    return stop(nothing(`the warehouse of target "${session.config.targetName}" was in memory and is gone`, `run \`retain ${command}\` again`));
  const attached = attachedForDefer(session, options);
  const database = attached && (await openWarehouse(context, session, options, false, { attach: attached }));
  if (!database) return 2;
  // Only now is it sure that no run is still going on, so what was read before is read again.
  const before = wholePicture(context, session, found.results, database.catalog);
  const failed = chooseNodes(readPreviousRun(before), session);
  if (failed.size === 0) {
    database.close();
    const count = readPreviousRun(before).statuses.size;
    if (!options.quiet) context.stderr.write(`nothing to retry: all ${count.toLocaleString("en-US")} nodes of the last ${command} are done\n`);
    return 0;
  }
  const problem = writeArtifact(join(session.config.projectDir, "target"), "run_results.json", before, artifactSecrets(session.config));
  if (problem) session.report([problem]);
  await recoverRuns(context, session, options);
  return runSelected(context, session, { command, selected: failed, options, completes: before, database });
}

function nothing(problem: string, help?: string): Diagnostic {
  return diagnose("RT0017", { problem }, { help });
}

interface LastRun {
  readonly run: PreviousRun;
  /** What run_results.json holds; of a run that was killed it may know nothing. */
  readonly results: RunResults | undefined;
}

/** The run to repeat, as far as it can be told while another one may be going on; `undefined` if the project cannot be read. */
async function findLastRun(context: CliContext, given: RetryOptions): Promise<LastRun | Diagnostic | undefined> {
  const { value, diagnostics } = await loadConfig({ cwd: context.cwd, environment: context.environment, projectDir: given.projectDir, target: given.target });
  if (!value.config || hasErrors(diagnostics)) return undefined;
  const folder = given.state === undefined ? join(value.config.projectDir, "target") : resolve(context.cwd, given.state);
  const shown = given.state ?? "target";
  const path = join(folder, "run_results.json");
  let results: RunResults | undefined;
  try {
    if (existsSync(path)) results = JSON.parse(readFileSync(path, "utf8")) as RunResults;
  } catch (error) {
    const problem = error instanceof SyntaxError ? "it is not whole JSON" : (error as Error).message;
    return diagnose("RT0015", { path: `${shown}/run_results.json`, problem }, { help: "run the command again that should be retried" });
  }
  const previous = results && readPreviousRun(results);
  const killed = given.state === undefined ? readJournals(journalPrefix(value.config)).findLast(({ head }) => isNewer(head, previous)) : undefined;
  if (killed) {
    const { args, command, startedAt, invocationId } = killed.head;
    const base = killed.head.completes !== undefined && killed.head.completes === previous?.invocationId ? previous.startedAt : startedAt;
    return { run: { invocationId, command, args, startedAt: base, generatedAt: startedAt, statuses: new Map() }, results };
  }
  if (previous && results) return { run: previous, results };
  const isNamed = given.state !== undefined;
  return nothing(`there is no run_results.json in ${shown}/`, isNamed ? "name the folder with the results of a run" : "run `retain build` first");
}

function isNewer(head: UnfinishedRun["head"], previous: PreviousRun | undefined): boolean {
  return (
    previous === undefined || head.completes === previous.invocationId || (head.invocationId !== previous.invocationId && head.startedAt > previous.generatedAt)
  );
}

/** run_results.json with what the journals of dead runs add to it. */
function wholePicture(context: CliContext, session: Session, results: RunResults | undefined, catalogName: string): RunResults {
  let picture = results;
  for (const run of deadRuns(context, session)) {
    const previous = picture && readPreviousRun(picture);
    if (!isNewer(run.head, previous)) continue;
    const { config, compiled } = session;
    const own = createRunResults(asRunResult(run), { config, compiled, catalogName, args: run.head.args, version: context.version });
    picture = picture && run.head.completes === previous?.invocationId ? mergeRunResults(picture, own) : own;
  }
  return picture ?? {};
}

/**
 * What failed or was skipped, as far as the project still has it, and the tests without which a node is not published:
 * those of that run, and those that its selection would bring along now, because they were added or changed in between.
 */
function chooseNodes(previous: PreviousRun, session: Session): ReadonlySet<string> {
  const { graph } = session;
  const chosen = new Set(unfinishedNodes(previous).filter((id) => graph.nodes.has(id)));
  // With on_error: continue, what is below was built from rows that are about to change.
  const goneOn = [...chosen].filter((id) => {
    const node = graph.nodes.get(id);
    return node !== undefined && configOf(node)["on_error"] === "continue";
  });
  for (const id of reach(graph.dag.children, goneOn)) if (previous.statuses.has(id)) chosen.add(id);
  const { select, exclude, selector, indirectSelection } = selectionOf(previous.args);
  const now = evaluateSelection(session, { ...(select && { select }), ...(exclude && { exclude }), ...(selector && { selector }), indirectSelection }).value;
  for (const id of [...chosen])
    for (const child of graph.dag.children.get(id) ?? []) if (isTestOf(child, graph) && (previous.statuses.has(child) || now.has(child))) chosen.add(child);
  return chosen;
}

function selectionOf(args: Readonly<Record<string, unknown>>) {
  const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : undefined);
  const { select, exclude, selector, indirectSelection } = args;
  return {
    select: list(select),
    exclude: list(exclude),
    selector: typeof selector === "string" ? selector : undefined,
    indirectSelection: String(indirectSelection ?? "eager"),
  };
}

function isTestOf(id: string, graph: Graph): boolean {
  const type: string | undefined = graph.nodes.get(id)?.resourceType;
  return type === "test" || type === "unit_test";
}

/** How a run is shown, and where it was called from, is no part of what is repeated. */
const notRepeated: ReadonlySet<string> = new Set(["projectDir", "quiet", "json", "debug", "color", "dryRun", ...selectionOptions.map(optionName)]);

function repeatable(args: Readonly<Record<string, unknown>>): RetryOptions {
  const known = [...runOptions, ...deferOptions, ...globalOptions, ...selectionOptions]
    .map(optionName)
    .filter((name) => name === "state" || !notRepeated.has(name));
  return Object.fromEntries(known.flatMap((name) => (isRepeatable(name, args[name]) ? [[name, args[name]] as const] : [])));
}

/** dbt keeps variables as a mapping; only what this program was given can be given to it again. */
function isRepeatable(name: string, value: unknown): boolean {
  return value !== undefined && value !== null && (name !== "vars" || typeof value === "string");
}

function withDefaults(options: RetryOptions): RunOptions {
  return { lockTimeout: 10, indirectSelection: "eager", ...options };
}
