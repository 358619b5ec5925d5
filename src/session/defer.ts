/**
 * --defer: reads what is not selected and not built here from another warehouse, attached read-only. The project is
 * compiled again once it is known what stands where.
 */
import { existsSync } from "node:fs";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { listOf, quoteIdentifier } from "../core/names.ts";
import { resolve } from "../graph/graph.ts";
import { deferRelations, findMissing } from "../plan/defer.ts";
import type { Plan } from "../plan/plan.ts";
import type { AttachedDatabase, Database } from "../ports/engine.ts";
import type { Host } from "./host.ts";
import type { WarehouseOptions } from "./options.ts";
import { findOtherWarehouse, type OtherWarehouse, reported } from "./other-warehouse.ts";
import { openWarehouse, type Session, warehousePath } from "./session.ts";
import { readStanding } from "./standing.ts";

export interface DeferOptions {
  readonly defer?: boolean | undefined;
  readonly favorState?: boolean | undefined;
  readonly deferTarget?: string | undefined;
}

/** The two others are said only by somebody who means it. */
export function wantsDefer({ defer, favorState, deferTarget }: DeferOptions): boolean {
  return defer === true || favorState === true || deferTarget !== undefined;
}

/** What has to be attached for a command with these options; `undefined` after a problem that was said. */
export function attachedForDefer(session: Session, options: DeferOptions): readonly AttachedDatabase[] | undefined {
  return wantsDefer(options) ? reported(session, findOtherWarehouse(session, options.deferTarget))?.attach : [];
}

/** The warehouse for a command that only reads, with the deferred relations in the session's SQL. One that was never built is empty. */
export async function openForReading(
  host: Host,
  session: Session,
  options: WarehouseOptions & DeferOptions,
  selected: ReadonlySet<string>,
): Promise<{ readonly session: Session; readonly database: Database } | undefined> {
  const attached = attachedForDefer(session, options);
  if (!attached) return undefined;
  const isEmpty = wantsDefer(options) && !existsSync(warehousePath(session.config));
  const here = isEmpty ? { ...session, config: { ...session.config, target: { ...session.config.target, path: ":memory:" } } } : session;
  const database = await openWarehouse(host, here, options, true, { attach: attached });
  if (!database) return undefined;
  const deferred = await deferIn(session, database, options, selected, undefined);
  if (deferred) return { session: deferred, database };
  database.close();
  return undefined;
}

/** The session with the deferred relations in its SQL; `undefined` after a problem that was said. `plan` is what will be run. */
export async function deferIn(
  session: Session,
  database: Database,
  options: DeferOptions,
  selected: ReadonlySet<string>,
  plan: Plan | undefined,
): Promise<Session | undefined> {
  if (!wantsDefer(options)) return session;
  const other = reported(session, findOtherWarehouse(session, options.deferTarget));
  if (!other) return undefined;
  const { graph, compiled } = session;
  const [here, there] = await readPlaces(database, other.alias ?? database.catalog);
  const { places, alias } = other;
  const deferred = deferRelations(compiled, { selected, here, there, places, alias, favorState: options.favorState === true });
  const missing = plan ? findMissing(graph, compiled, plan, deferred, here) : [];
  if (session.report(missing.map(({ id, reader }) => sayMissing(session, other, id, reader)))) return undefined;
  return deferred.size === 0 ? session : { ...session, deferred, compiled: session.recompile(deferred) };
}

/** Views of the plan that would break when the other warehouse is not attached any more. */
export function noteViews(plan: Plan, alias: string | undefined): readonly Diagnostic[] {
  if (alias === undefined) return [];
  const named = `${quoteIdentifier(alias)}.`;
  const views = plan.stages.flatMap((stage) =>
    stage.kind === "model" && stage.relationType === "view" && stage.steps.some((step) => step.kind === "sql" && step.sql.text.includes(named))
      ? [`"${stage.name}"`]
      : [],
  );
  return views.length === 0 ? [] : [diagnose("RT0508", { views: listOf(views), alias })];
}

/** The keys of all relations in the main database and in another one. */
async function readPlaces(database: Database, other: string): Promise<readonly [ReadonlySet<string>, ReadonlySet<string>]> {
  const connection = await database.connect();
  try {
    const keys = async (catalog: string): Promise<ReadonlySet<string>> => new Set((await readStanding(connection, catalog)).keys());
    return [await keys(database.catalog), await keys(other)];
  } finally {
    connection.close();
  }
}

/** At the ref that needs it, where there is one. */
function sayMissing({ graph }: Session, { title }: OtherWarehouse, id: string, reader: string): Diagnostic {
  const node = graph.nodes.get(reader);
  const name = graph.nodes.get(id)?.name ?? id;
  const calls = node && "template" in node ? node.template.calls.dependencies : [];
  const span = calls.find((dependency) => resolve(graph.scopeOf(node?.packageName ?? "").names, dependency)?.uniqueId === id)?.span ?? node?.span;
  return diagnose("RT0507", { reader: node?.name ?? reader, name, other: title }, { span, help: `build it here, too: --select +${node?.name ?? name}` });
}
