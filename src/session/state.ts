/** Opens the project's state database for a command and records runs in it. */
import { isAbsolute, resolve } from "node:path";
import { diagnose, type Outcome } from "../core/diagnostic.ts";
import { isBuilt } from "../parse/resource.ts";
import { EngineError } from "../ports/engine.ts";
import type { RunResult } from "../ports/run-event.ts";
import type { Journal } from "../run/journal.ts";
import type { RunFacts } from "../run/state/fingerprints.ts";
import type { Books, BooksOptions, State } from "../run/state/open-state.ts";
import type { Host } from "./host.ts";
import { type InputOptions, inputLimitOf } from "./input-limit.ts";
import type { WarehouseOptions } from "./options.ts";
import type { Session } from "./session.ts";

/** Loads the code of the state database while statements run, so that nobody waits for it afterwards. */
export function preloadState(): void {
  // A failure to load is told where the code is needed.
  Promise.all([import("../run/state/open-state.ts"), import("../run/state/record-run.ts"), import("../run/state/fingerprints.ts")]).catch(() => undefined);
}

/** The state database, or `undefined` after it has been said what kept it from opening. */
export async function openProjectState(host: Host, session: Session, options: WarehouseOptions): Promise<State | undefined> {
  const [{ openState }, kyselyDialect] = await Promise.all([import("../run/state/open-state.ts"), host.loadKyselyDialect()]);
  const opened = await openState({ ...(await stateFile(host, session, options)), kyselyDialect });
  session.report(opened.diagnostics);
  return opened.value;
}

/** The same for what runs record, without what it takes to ask more. */
export async function openProjectBooks(host: Host, session: Session, options: WarehouseOptions): Promise<Books | undefined> {
  const opened = await openBookFile(host, session, options);
  session.report(opened.diagnostics);
  return opened.value;
}

async function openBookFile(host: Host, session: Session, options: WarehouseOptions): Promise<Outcome<Books | undefined>> {
  const { openBooks } = await import("../run/state/open-state.ts");
  return openBooks(await stateFile(host, session, options));
}

async function stateFile(host: Host, { config }: Session, options: WarehouseOptions): Promise<BooksOptions> {
  const { path } = config.project.state;
  return {
    engine: await host.loadEngine(),
    path: isAbsolute(path) ? path : resolve(config.projectDir, path),
    command: host.command,
    lockTimeoutSeconds: options.lockTimeout,
    onWait: (holder, held) => host.note(`waiting for ${held}: it is held by ${holder}`),
  };
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
  const { value: books, diagnostics } = await openBookFile(host, session, options);
  const busy = diagnostics.find(({ code }) => code === "RT0501");
  if (busy && journal) {
    session.report([diagnose("RT0509", { problem: busy.message })]);
    return "postponed";
  }
  session.report(diagnostics);
  // Tests alone publish nothing: that they cannot be recorded does not make them fail.
  if (!books) return result.command === "test" ? "recorded" : "lost";
  try {
    const [{ recordRun }, { recordStamps }] = await Promise.all([import("../run/state/record-run.ts"), import("../run/state/fingerprints.ts")]);
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
    const { connection } = books;
    await connection.execute("begin transaction");
    await recordRun(connection, result, expected, { isLimited });
    await recordStamps(connection, result.targetName, result.results, isLimited ? undefined : facts);
    await connection.execute("commit");
    return "recorded";
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    session.report([diagnose("RT0415", { path: session.config.project.state.path, problem: error.message })]);
    return "lost";
  } finally {
    books.close();
  }
}
