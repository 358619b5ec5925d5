/** Opens the project's state database for a command and records runs in it. */
import { isAbsolute, resolve } from "node:path";
import { diagnose, type Outcome } from "../core/diagnostic.ts";
import { isBuilt } from "../parse/resource.ts";
import { EngineError } from "../ports/engine.ts";
import type { RunResult } from "../ports/run-event.ts";
import type { Journal } from "../run/journal.ts";
import type { RunFacts } from "../run/state/fingerprints.ts";
import type { State } from "../run/state/open-state.ts";
import type { Host } from "./host.ts";
import { type InputOptions, inputLimitOf } from "./input-limit.ts";
import type { WarehouseOptions } from "./options.ts";
import type { Session } from "./session.ts";

/** Loads the code of the state database while statements run, so that nobody waits for it afterwards. */
export function preloadState(host: Host): void {
  // A failure to load is told where the code is needed.
  Promise.all([host.loadKyselyDialect(), import("../run/state/open-state.ts"), import("../run/state/record-run.ts"), import("../run/state/tables.ts")]).catch(
    () => undefined,
  );
}

/** The state database, or `undefined` after it has been said what kept it from opening. */
export async function openProjectState(host: Host, session: Session, options: WarehouseOptions): Promise<State | undefined> {
  const opened = await openStateFile(host, session, options);
  session.report(opened.diagnostics);
  return opened.value;
}

async function openStateFile(host: Host, { config }: Session, options: WarehouseOptions): Promise<Outcome<State | undefined>> {
  const { path } = config.project.state;
  const [engine, kyselyDialect, { openState }] = await Promise.all([host.loadEngine(), host.loadKyselyDialect(), import("../run/state/open-state.ts")]);
  return openState({
    engine,
    kyselyDialect,
    path: isAbsolute(path) ? path : resolve(config.projectDir, path),
    command: host.command,
    lockTimeoutSeconds: options.lockTimeout,
    onWait: (holder, held) => host.note(`waiting for ${held}: it is held by ${holder}`),
  });
}

/** `postponed`: somebody else holds the state, and the next command that holds the warehouse records the run of its journal. */
export type Recording = "recorded" | "postponed" | "lost";

/**
 * Records a run, which exports ask for. A node counts as tested when all tests that read it have
 * passed, also those that read other nodes beside it, and none of its unit tests has failed.
 */
export async function saveState(
  host: Host,
  session: Session,
  result: RunResult,
  options: WarehouseOptions & InputOptions,
  facts: RunFacts | undefined,
  journal?: Journal,
): Promise<Recording> {
  const { value: state, diagnostics } = await openStateFile(host, session, options);
  const busy = diagnostics.find(({ code }) => code === "RT0501");
  if (busy && journal) {
    session.report([diagnose("RT0509", { problem: busy.message })]);
    return "postponed";
  }
  session.report(diagnostics);
  // Tests alone publish nothing: that they cannot be recorded does not make them fail.
  if (!state) return result.command === "test" ? "recorded" : "lost";
  try {
    const { recordRun } = await import("../run/state/record-run.ts");
    const { graph } = session;
    const expected = new Map<string, readonly string[]>();
    // Unit tests may be left out of a build, as on production: they say something of the code, data tests of the data.
    const failed = new Set(result.results.filter(({ status }) => status === "fail" || status === "error").map(({ uniqueId }) => uniqueId));
    const counts = (id: string): boolean => {
      const type = graph.nodes.get(id)?.resourceType;
      return type === "test" || (type === "unit_test" && failed.has(id));
    };
    for (const [id, node] of graph.nodes) {
      if (!isBuilt(node)) continue;
      expected.set(id, (graph.dag.children.get(id) ?? []).filter(counts));
    }
    const isLimited = inputLimitOf(options) !== undefined;
    await recordRun(state.db, result, expected, { isLimited });
    const { recordStamps } = await import("../run/state/fingerprints.ts");
    await recordStamps(state.db, state.connection, result.targetName, result.results, isLimited ? undefined : facts);
    return "recorded";
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    session.report([diagnose("RT0415", { path: session.config.project.state.path, problem: error.message })]);
    return "lost";
  } finally {
    state.close();
  }
}
