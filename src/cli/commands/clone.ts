/**
 * `clone`: makes the selected relations of this target out of those in another warehouse, without running a model: tables
 * are copied, views are made again. What is there already is kept unless --full-refresh asks for more.
 */
import { isStored, type Stored } from "../../compile/is-stored.ts";
import type { RelationType } from "../../compile/materializations/materialization.ts";
import { diagnose } from "../../core/diagnostic.ts";
import { listFirst, plural } from "../../core/names.ts";
import { inBackground } from "../../core/steps.ts";
import { nameWithVersion } from "../../parse/versions.ts";
import { placeKey } from "../../plan/defer.ts";
import type { Connection, Database } from "../../ports/engine.ts";
import { isFailure } from "../../ports/run-event.ts";
import { type CloneTask, cloneRelations, cloneResult } from "../../run/clone-relations.ts";
import { findLimited } from "../../run/state/record-run.ts";
import { writeRunArtifacts, writeRunFiles } from "../../session/artifacts.ts";
import { findOtherWarehouse, type OtherWarehouse, reported } from "../../session/other-warehouse.ts";
import { journalOf, recordedArguments, recoverRuns } from "../../session/recover.ts";
import { openWarehouse, type Session, selectFor, warehousePath } from "../../session/session.ts";
import { readStanding } from "../../session/standing.ts";
import { openProjectBooks, saveState } from "../../session/state.ts";
import type { CliContext } from "../context.ts";
import { openSession } from "../open-session.ts";
import type { RunOptions } from "../options.ts";
import { createReporters } from "../reporting.ts";

export interface CloneCommandOptions extends RunOptions {
  readonly from?: string;
}

export async function cloneCommand(context: CliContext, criteria: readonly string[], options: CloneCommandOptions): Promise<number> {
  const session = await openSession(context, options);
  if (!session) return 2;
  const selected = selectFor(session, { ...options, indirectSelection: "empty" }, criteria);
  if (!selected) return 2;
  const { config } = session;
  const refuse = (problem: string, help: string): number => {
    session.report([diagnose("RT0511", { problem }, { help })]);
    return 2;
  };
  if (config.target.path === ":memory:")
    return refuse(`target "${config.targetName}" is in memory, where nothing would be left of it`, "choose a target with a file");
  if (options.from === config.targetName)
    return refuse(`"${options.from}" is the target that would be cloned to`, "choose another one with --target, or another --from");
  const other = reported(session, findOtherWarehouse(session, options.from, { what: "clone", option: "--from" }));
  if (!other) return 2;
  const abort = new AbortController();
  let signalCode = 0;
  const stopListening = context.onInterrupt((code) => {
    signalCode = code;
    abort.abort();
  });
  let database: Database | undefined;
  try {
    database = await openWarehouse(context, session, options, false, { attach: other.attach, signal: abort.signal });
    const exitCode = database ? await cloneFrom(context, session, { database, other, selected, signal: abort.signal }, options) : 2;
    return signalCode || exitCode;
  } finally {
    stopListening();
    database?.close();
  }
}

interface CloneRequest {
  readonly database: Database;
  readonly other: OtherWarehouse;
  readonly selected: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

async function cloneFrom(context: CliContext, session: Session, request: CloneRequest, options: CloneCommandOptions): Promise<number> {
  const { config, compiled } = session;
  const { database, other, signal } = request;
  await recoverRuns(context, session, options);
  const connection = await database.connect();
  const limited = options.from === undefined ? new Set<string>() : await readLimited(context, session, options, options.from);
  if (!limited) return 2;
  const found = await findTasks(connection, session, request, options, limited);
  if (found.tasks.length + found.kept.length === 0) {
    const isEmpty = found.missing.length === 0;
    const problem = isEmpty ? "no model, seed or snapshot is selected" : `${other.title} has none of ${listFirst(found.missing, 5, ", ")}`;
    session.report([
      diagnose("RT0511", { problem }, { help: isEmpty ? "`retain list` prints what there is" : "build them there first, or name another warehouse" }),
    ]);
    return 2;
  }
  if (found.missing.length > 0 && session.report([diagnose("RT0492", { names: listFirst(found.missing, 10, ", "), other: other.title })])) return 2;
  if (options.dryRun) {
    context.stdout.write(options.json ? `${JSON.stringify(planData(found), null, 2)}\n` : describeTasks(found, session, other));
    return 0;
  }
  const reporters = createReporters(context, options, session.sources, config.secrets, config.projectDir);
  if (!reporters) return 2;
  const now = context.now();
  const kept = found.kept.map((task) => cloneResult(task, "reused", { message: "it was there already", startedAt: now, completedAt: now }));
  const args = recordedArguments(context, session, options);
  const unreached = found.tasks.map((task) =>
    cloneResult(task, "skipped", { message: "the process ended before it was done", startedAt: now, completedAt: now }),
  );
  const journal = journalOf(context, session, { command: "clone", args, planned: unreached });
  const places = new Map(
    [...other.places].flatMap(([id, place]) => {
      const node = compiled.nodes.get(id);
      return node && isStored(node) ? [[placeKey(place), node.relation] as const] : [];
    }),
  );
  try {
    const result = await cloneRelations(found.tasks, {
      connection,
      invocation: context.invocation,
      projectName: config.project.name,
      targetName: config.targetName,
      failFast: options.failFast ?? false,
      kept,
      rename: (there) => places.get(placeKey(there)),
      emit: (event) => {
        if (event.type === "node_finished" && event.result.status !== "reused") journal?.record(event.result);
        reporters.emit(event);
      },
      signal,
      now: context.now,
    });
    if (kept.length > 0) session.report([diagnose("RT0494", { count: kept.length === 1 ? "1 relation was" : `${plural(kept.length, "relation")} were` })]);
    const sqlFiles = inBackground(writeRunFiles(session, undefined, result.results));
    await writeRunArtifacts(context, session, { database, sqlFiles, result, args });
    // What was there already is as it was recorded before.
    const changed = { ...result, results: result.results.filter(({ status }) => status !== "reused") };
    const recorded = await saveState(context, session, changed, options, undefined, journal);
    if (recorded === "recorded") journal?.remove();
    const written = await reporters.close();
    const isGood = !result.results.some(({ status }) => isFailure(status) || status === "skipped");
    return isGood && recorded !== "lost" && written ? 0 : 1;
  } finally {
    connection.close();
  }
}

/** What the other target's last build made of a part of its inputs; `undefined` after it has been said why that cannot be told. */
async function readLimited(context: CliContext, session: Session, options: CloneCommandOptions, target: string): Promise<ReadonlySet<string> | undefined> {
  const books = await openProjectBooks(context, session, options);
  if (!books) return undefined;
  try {
    return await findLimited(books.connection, target);
  } finally {
    books.close();
  }
}

interface Found {
  readonly tasks: readonly CloneTask[];
  readonly kept: readonly CloneTask[];
  /** Names of what the other warehouse does not have. */
  readonly missing: readonly string[];
}

async function findTasks(
  connection: Connection,
  session: Session,
  { database, other, selected }: CloneRequest,
  options: CloneCommandOptions,
  limited: ReadonlySet<string>,
): Promise<Found> {
  const { graph, compiled } = session;
  const catalog = other.alias ?? database.catalog;
  const here = await readStanding(connection, database.catalog);
  const there = await readStanding(connection, catalog);
  const tasks: CloneTask[] = [];
  const kept: CloneTask[] = [];
  const missing: string[] = [];
  for (const id of graph.nodes.keys()) {
    const node = compiled.nodes.get(id);
    if (!selected.has(id) || !node || !isStored(node)) continue;
    const place = other.places.get(id);
    const name = nameWithVersion(node.node);
    if (!place || !there.has(placeKey(place))) missing.push(name);
    else if (other.alias === undefined && placeKey(place) === placeKey(node.relation)) kept.push(toTask(node, name, { ...place, catalog }, undefined, false));
    else {
      const standing = here.get(placeKey(node.relation));
      const task = toTask(node, name, { ...place, catalog }, standing, limited.has(id));
      (standing !== undefined && !(options.fullRefresh === true && mayBeReplaced(node)) ? kept : tasks).push(task);
    }
  }
  return { tasks, kept, missing };
}

/** History cannot be made again, and who forbids a full refresh means it. */
function mayBeReplaced({ kind, node }: Stored): boolean {
  return kind !== "snapshot" && !("full_refresh" in node.config && node.config.full_refresh === false);
}

function toTask(entry: Stored, name: string, from: CloneTask["from"], replaces: RelationType | undefined, isLimited: boolean): CloneTask {
  const { node, relation, kind, privacy } = entry;
  const materialized = kind === "model" ? entry.node.materialized : kind;
  return {
    id: node.uniqueId,
    name,
    kind,
    materialized,
    relation,
    from,
    replaces,
    asTable: materialized === "external",
    isLimited,
    isPrivate: privacy.pii.length > 0,
    span: node.span,
  };
}

function describeTasks({ tasks, kept }: Found, { config }: Session, other: OtherWarehouse): string {
  const lines = [
    ...tasks.map(({ name, materialized, replaces }) => `  ${name}  ${materialized}${replaces ? `, replaces the ${replaces} that is here` : ""}\n`),
    ...kept.map(({ name }) => `  ${name}  kept, because it is here already\n`),
  ];
  return `${plural(tasks.length, "relation")} to clone from ${other.title} to ${warehousePath(config)}; nothing was done\n${lines.join("")}`;
}

function planData({ tasks, kept, missing }: Found): unknown {
  return {
    command: "clone",
    relations: tasks.map(({ id, name, materialized, relation, from, replaces }) => ({
      unique_id: id,
      name,
      materialized,
      relation: relation.sql,
      from,
      replaces: replaces ?? null,
    })),
    kept: kept.map(({ id }) => id),
    missing,
  };
}
