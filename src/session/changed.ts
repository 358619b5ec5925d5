/**
 * --changed: leaves as they are the nodes that were built of the same before. Looks into the state and the warehouse for
 * what the decision needs, and keeps after each run what the next one will need; the decision itself is the plan's.
 */
import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { createProjectContext } from "../compile/render-context.ts";
import { listFirst } from "../core/names.ts";
import { isBuilt } from "../parse/resource.ts";
import { type Plan, testsOf } from "../plan/plan.ts";
import { findReusable } from "../plan/reuse.ts";
import { inputsOf } from "../plan/stamps.ts";
import type { Database } from "../ports/engine.ts";
import type { NodeResult } from "../ports/run-event.ts";
import { skipped } from "../run/skipped.ts";
import { readSourceVersions } from "../run/source-versions.ts";
import type { RunFacts } from "../run/state/fingerprints.ts";
import type { Host } from "./host.ts";
import type { RunSettings } from "./options.ts";
import { attachedTo, type Session, warehousePath } from "./session.ts";
import { readStanding } from "./standing.ts";
import { openProjectBooks } from "./state.ts";

export interface ChangedOptions {
  readonly changed?: boolean | undefined;
  readonly explainChanged?: boolean | undefined;
}

/** Whoever asks for the reasons wants what they are reasons of. */
export function wantsChanged({ changed, explainChanged }: ChangedOptions): boolean {
  return changed === true || explainChanged === true;
}

/** What the nodes of a plan are made of at this moment: sources are looked at before anything is built from them. */
export async function gatherFacts(host: Host, session: Session, database: Database, plan: Plan): Promise<RunFacts | undefined> {
  const { config, graph, compiled, deferred } = session;
  if (config.target.path === ":memory:") return undefined;
  const { relation } = createProjectContext(graph, config, { dialect: host.dialect, invocation: session.invocation, deferred });
  const read = new Set(plan.stages.flatMap((stage) => [stage.id, ...testsOf(stage).map(({ id }) => id)]).flatMap((id) => inputsOf({ graph, compiled }, id)));
  const sources = [...read].flatMap((id) => {
    const node = graph.nodes.get(id);
    return node?.resourceType === "source" ? [node] : [];
  });
  const connection = await database.connect();
  try {
    const versions = await readSourceVersions(sources, {
      connection,
      dialect: host.dialect,
      projectDir: config.projectDir,
      relation,
      attached: attachedTo(config),
    });
    return {
      graph,
      compiled,
      invocation: session.invocation,
      version: host.version,
      sourceVersions: versions,
      settings: config.target.settings,
      deferred: new Set(deferred.keys()),
      // A project that is moved as a whole takes its warehouse with it.
      warehouse: relative(config.projectDir, warehousePath(config)).replaceAll("\\", "/"),
      relation: (id) => {
        const node = graph.nodes.get(id);
        return node && (node.resourceType === "source" || isBuilt(node)) ? relation(node) : undefined;
      },
    };
  } finally {
    connection.close();
  }
}

export interface Changed {
  /** Results of the nodes that are left as they are. */
  readonly reused: readonly NodeResult[];
  /** Why the others are not, by unique id. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** `undefined` when the state does not open, which has been said. */
export async function findChanged(
  host: Host,
  session: Session,
  database: Database,
  plan: Plan,
  facts: RunFacts,
  options: RunSettings,
): Promise<Changed | undefined> {
  const books = await openProjectBooks(host, session, options);
  if (!books) return undefined;
  const { readRecorded } = await import("../run/state/fingerprints.ts");
  const { targetName } = session.config;
  const recorded = await readRecorded(books.connection, targetName).finally(() => books.close());
  const connection = await database.connect();
  const standing = await readStanding(connection, database.catalog).finally(() => connection.close());
  const { reused, reasons } = findReusable({ ...facts, ...recorded, plan, standing, hasFiles: filesIn(session), fullRefresh: options.fullRefresh ?? false });
  const results = plan.stages.flatMap((stage) => skipped(stage, "", host.now())).filter(({ uniqueId }) => reused.has(uniqueId));
  return {
    reused: results.map((result): NodeResult => ({ ...result, status: "reused", message: undefined })),
    reasons: new Map([...reasons].map(([id, sentences]) => [id, listFirst(sentences, 3)])),
  };
}

/** What lies at an address is not asked for. */
function filesIn({ config }: Session): (location: string) => boolean {
  return (location) => /^\w{2,}:/.test(location) || existsSync(resolve(config.projectDir, location));
}
