/**
 * Bookkeeping of runs that were killed: each run keeps a journal, and whoever holds the warehouse next records in the state
 * what the journal of a dead run tells. Holding the warehouse is the proof that the run is dead.
 */
import { isAbsolute, resolve } from "node:path";
import { type RunResults, readPreviousRun } from "../artifacts/merge-results.ts";
import { artifactSecrets, redact } from "../artifacts/redact.ts";
import type { Config } from "../config/config.ts";
import type { Plan } from "../plan/plan.ts";
import { asRunResult, type Journal, type JournalHead, readJournals, startJournal, type UnfinishedRun } from "../run/journal.ts";
import { skipped } from "../run/skipped.ts";
import type { Host } from "./host.ts";
import type { InputOptions } from "./input-limit.ts";
import type { RunSettings, WarehouseOptions } from "./options.ts";
import type { Session } from "./session.ts";
import { saveState } from "./state.ts";

/** What the paths of journals begin with: they lie beside the state database, where `clean` does not come. */
export function journalPrefix({ projectDir, project }: Pick<Config, "projectDir" | "project">): string {
  const { path } = project.state;
  return `${isAbsolute(path) ? path : resolve(projectDir, path)}.running-`;
}

/** A warehouse in memory dies with its process, and there is nothing to keep books of. */
export function journalRun(
  host: Host,
  session: Session,
  plan: Plan,
  args: Readonly<Record<string, unknown>>,
  completes: RunResults | undefined,
): Journal | undefined {
  const unreached = "the process ended before it was done";
  return journalOf(host, session, {
    command: plan.command,
    args,
    completes: completes && readPreviousRun(completes).invocationId,
    planned: plan.stages.flatMap((stage) => skipped(stage, unreached, new Date(host.invocation.startedAt))),
  });
}

export function journalOf(
  host: Host,
  { config }: Session,
  head: Pick<JournalHead, "command" | "args" | "planned"> & { readonly completes?: string | undefined },
): Journal | undefined {
  if (config.target.path === ":memory:" || head.planned.length === 0) return undefined;
  const { invocationId, startedAt } = host.invocation;
  return startJournal(journalPrefix(config), { completes: undefined, ...head, invocationId, targetName: config.targetName, startedAt });
}

/** The flags of a run as they are kept: without secrets, and with paths that mean the same from any folder. */
export function recordedArguments(host: Host, { config }: Session, options: RunSettings): Readonly<Record<string, unknown>> {
  const args = { ...options, ...(options.state !== undefined && { state: resolve(host.cwd, options.state) }) };
  const secrets = artifactSecrets(config).map((secret) => JSON.stringify(secret).slice(1, -1));
  return JSON.parse(redact(JSON.stringify(args), secrets)) as Readonly<Record<string, unknown>>;
}

/** The dead runs of the session's target, oldest first. Only to be asked while the warehouse is open. */
export function deadRuns(host: Host, { config }: Session): readonly UnfinishedRun[] {
  return readJournals(journalPrefix(config)).filter(({ head }) => head.targetName === config.targetName && head.invocationId !== host.invocation.invocationId);
}

/** Records what dead runs have done, and forgets their journals. */
export async function recoverRuns(host: Host, session: Session, options: WarehouseOptions): Promise<void> {
  for (const run of deadRuns(host, session)) {
    const { empty, sample } = run.head.args as InputOptions;
    const flags = { ...options, ...(empty && { empty }), ...(sample && { sample }) };
    if ((await saveState(host, session, asRunResult(run), flags, undefined)) === "recorded") run.remove();
  }
}
