/**
 * `dev`: builds what an edit changes, and what comes after it, until Ctrl-C. Each round is a `build --changed` of its own,
 * so that it does what a build would, and between rounds nobody holds the warehouse. An error ends a round and no more.
 */
import { randomUUID } from "node:crypto";
import { findProject } from "../../config/find-project.ts";
import { diagnose } from "../../core/diagnostic.ts";
import { listFirst, plural } from "../../core/names.ts";
import type { RunResult } from "../../ports/run-event.ts";
import { executeRun, type PreparedRun, prepareRun, verdictOf } from "../../session/run-project.ts";
import { type Session, selectFor } from "../../session/session.ts";
import type { CliContext } from "../context.ts";
import { openSession } from "../open-session.ts";
import type { RunOptions } from "../options.ts";
import { createReporters } from "../reporting.ts";
import { type Edit, type ProjectWatch, watchProject } from "../watch-project.ts";

const clearScreen = "\u001b[2J\u001b[3J\u001b[H";

export async function devCommand(context: CliContext, options: RunOptions): Promise<number> {
  const projectDir = findProject({ cwd: context.cwd, projectDir: options.projectDir, environment: context.environment });
  if (projectDir === undefined) {
    // It says what is missing.
    await openSession(context, options);
    return 2;
  }
  const stop = new AbortController();
  let exitCode = 0;
  const stopListening = context.onInterrupt((code) => {
    exitCode = code;
    stop.abort();
  });
  const watching = await watchProject(projectDir);
  const screen = createScreen(context);
  try {
    let edits: readonly Edit[] | undefined = [];
    while (edits && !stop.signal.aborted) {
      screen.begin(edits);
      const outcome = await runRound(context, options, { watching, signal: stop.signal });
      if (!stop.signal.aborted) screen.end(outcome);
      edits = await watching.next(stop.signal);
    }
    context.note("stopped");
    return exitCode;
  } finally {
    stopListening();
    await watching.close();
  }
}

interface Round {
  readonly watching: ProjectWatch;
  readonly signal: AbortSignal;
}

/** How it went, in a few words. */
async function runRound(outer: CliContext, given: RunOptions, { watching, signal }: Round): Promise<string> {
  const context: CliContext = { ...outer, invocation: { invocationId: randomUUID(), startedAt: outer.now().toISOString() } };
  // What is said in each round is what is wrong, and how it ended.
  const options: RunOptions = { ...given, quiet: true, changed: true };
  const session = await openSession(context, options);
  if (!session) return "the project has errors";
  watching.follow(session.config);
  if (session.config.target.path === ":memory:") {
    session.report([diagnose("RT0515", { target: session.config.targetName })]);
    return "nothing was built";
  }
  const selected = selectFor(session, options);
  if (!selected) return "nothing was built";
  const request = { command: "build", selected, options } as const;
  const prepared = await prepareRun(context, session, request, signal);
  if (!prepared) return "nothing was built";
  if (prepared.plan.stages.length === 0) {
    prepared.database?.close();
    return `nothing to build: ${plural(prepared.changed?.reused.length ?? 0, "node")} as before`;
  }
  context.note(describeWork(prepared));
  const reporters = createReporters(context, options, session.sources, session.config.secrets, session.config.projectDir);
  if (!reporters) {
    prepared.database?.close();
    return "nothing was built";
  }
  const run = await executeRun(context, prepared, request, { emit: reporters.emit, signal });
  await reporters.close();
  return run ? describeResult(run.result, session) : "nothing was built";
}

function describeWork({ plan, changed }: PreparedRun): string {
  const built = plan.stages.filter(({ kind }) => kind === "model" || kind === "seed" || kind === "snapshot");
  const names = (built.length > 0 ? built : plan.stages).map(({ name }) => name);
  const left = changed && changed.reused.length > 0 ? `; ${changed.reused.length} as before` : "";
  return `building ${listFirst(names, 6, ", ")}${left}`;
}

function describeResult(result: RunResult, { config }: Session): string {
  const verdict = verdictOf(result);
  return verdict === "ok" ? `all is built in target ${config.targetName}` : verdict === "tests failed" ? "tests failed" : "not all is built";
}

/** On a terminal each round has the screen for itself; elsewhere it adds its lines. */
function createScreen(context: CliContext): { readonly begin: (edits: readonly Edit[]) => void; readonly end: (outcome: string) => void } {
  const { stdout, stderr } = context;
  const hasScreen = stdout.isTTY === true && stderr.isTTY === true;
  const time = (): string => context.now().toTimeString().slice(0, 8);
  let last = "";
  return {
    begin: (edits) => {
      if (hasScreen) stderr.write(clearScreen);
      const first = "retain dev: builds what you edit, Ctrl-C ends";
      const what =
        edits.length === 0
          ? first
          : listFirst(
              edits.map(({ path, kind }) => `${path} ${kind}`),
              3,
              ", ",
            );
      context.note(hasScreen ? `${time()}  ${what}${last === "" ? "" : `  (before: ${last})`}` : what);
    },
    end: (outcome) => {
      last = outcome;
      context.note(`${hasScreen ? `${time()}  ` : ""}${outcome}; waiting for edits`);
    },
  };
}
