/** `export plan` and `export run`: what would change, and the delivery itself, one export after another. */
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { suggestion } from "../../core/did-you-mean.ts";
import { type ExportPlan, type ExportReport, type GuardName, guardNames } from "../../export/export-plan.ts";
import type { ExportRequest } from "../../export/export-request.ts";
import { planExport } from "../../export/plan-export.ts";
import { renderExportPlan, renderExportReport } from "../../export/render-plan.ts";
import { runExport } from "../../export/run-export.ts";
import type { AudienceExport } from "../../parse/resource.ts";
import type { State } from "../../run/state/open-state.ts";
import { recoverRuns } from "../../session/recover.ts";
import { openWarehouse, type Session } from "../../session/session.ts";
import { openProjectState } from "../../session/state.ts";
import type { CliContext } from "../context.ts";
import type { ExportRunOptions } from "../declarations/export.ts";
import { createExportProgress, type ExportProgress } from "../export-progress.ts";
import { allExports, chooseExports, exportRelations, openExportDestination } from "../export-session.ts";
import { openSession } from "../open-session.ts";

type Action = "plan" | "run";

export async function exportRunCommand(context: CliContext, action: Action, names: readonly string[], options: ExportRunOptions): Promise<number> {
  const session = await openSession(context, options);
  const chosen = session && chooseExports(session, names);
  if (!session || !chosen) return 2;
  if (action === "run" && names.length === 0) {
    const help = `the project has ${
      allExports(session)
        .map(({ name }) => name)
        .join(", ") || "none"
    }`;
    session.report([diagnose("RT0001", { problem: "name the exports to run" }, { help })]);
    return 2;
  }
  const wrong = (options.force ?? []).filter((guard) => !isGuard(guard));
  if (wrong.length > 0) {
    const help = (guard: string) => suggestion(guard, guardNames) ?? `guards: ${guardNames.join(", ")}`;
    session.report(wrong.map((guard) => diagnose("RT0001", { problem: `there is no guard "${guard}" to force` }, { help: help(guard) })));
    return 2;
  }
  const abort = new AbortController();
  let signalCode = 0;
  const stopListening = context.onInterrupt((code) => {
    signalCode = code;
    abort.abort();
  });
  const progress = createExportProgress(context.stderr, context.now, options.quiet ?? false);
  try {
    const runner: Runner = { context, session, action, options, progress, signal: abort.signal, answers: [] };
    let exitCode = 0;
    for (const resource of chosen) {
      const code = await runOne(runner, resource);
      if (code === undefined) return 2;
      exitCode = Math.max(exitCode, code);
      if (abort.signal.aborted) break;
    }
    if (options.json) context.stdout.write(`${JSON.stringify(runner.answers, null, 2)}\n`);
    return signalCode || exitCode;
  } finally {
    progress.clear();
    stopListening();
  }
}

interface Runner {
  readonly context: CliContext;
  readonly session: Session;
  readonly action: Action;
  readonly options: ExportRunOptions;
  readonly progress: ExportProgress;
  readonly signal: AbortSignal;
  readonly answers: (ExportPlan | ExportReport)[];
}

/** The exit code of one export; nothing when the databases do not open, which is the same for all of them. */
async function runOne(runner: Runner, resource: AudienceExport): Promise<number | undefined> {
  const { context, session, options, signal, progress } = runner;
  const destination = openExportDestination(context, session, resource, { signal, progress, out: options.out });
  const relations = exportRelations(session, resource);
  if (!destination || !relations) return 2;
  if (options.out !== undefined && destination.destination.type !== "file") {
    const problem = `--out is for exports to files; "${resource.name}" goes to ${destination.name} (${destination.destination.type})`;
    session.report([diagnose("RT0001", { problem })]);
    return 2;
  }
  // The warehouse first: without one there is nothing to export, and no state to begin.
  const database = await openWarehouse(context, session, options, true);
  if (!database) return undefined;
  let isHeld = true;
  const warehouse = await database.connect();
  const releaseWarehouse = () => {
    if (!isHeld) return;
    isHeld = false;
    warehouse.close();
    database.close();
  };
  let state: State | undefined;
  try {
    // A run that was killed may have replaced a model without its tests.
    await recoverRuns(context, session, options);
    state = await openProjectState(context, session, options);
    if (!state) return undefined;
    const request: ExportRequest = {
      resource,
      config: session.config,
      ...relations,
      warehouse,
      releaseWarehouse,
      state,
      destination,
      options: { only: options.only, limit: options.limit, force: (options.force ?? []).filter(isGuard) },
      runId: context.invocation.invocationId,
      now: context.now,
      signal,
      onProgress: progress.onProgress,
    };
    return await carryOut(runner, request);
  } finally {
    releaseWarehouse();
    state?.close();
  }
}

async function carryOut({ context, session, action, options, progress, answers }: Runner, request: ExportRequest): Promise<number> {
  const planned = action === "plan" ? await planExport(request) : undefined;
  const ran = action === "run" ? await runExport(request) : undefined;
  progress.clear();
  const value = planned?.value ?? ran?.value;
  if (value) {
    answers.push(value);
    if (!options.json) context.stdout.write("plan" in value ? renderExportReport(value) : renderExportPlan(value));
  }
  const diagnostics = [...(planned?.diagnostics ?? []), ...(ran?.diagnostics ?? [])];
  if (!session.report(diagnostics)) return 0;
  return value || wasRefused(diagnostics) ? 1 : 2;
}

/** A model that is not fit, or has a person twice, was looked at and refused; a wrong declaration never ran. */
const refusals: ReadonlySet<string> = new Set(["RT0602", "RT0604", "RT0605", "RT0606", "RT0607", "RT0610", "RT0611"]);

function wasRefused(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.every(({ code, severity }) => severity !== "error" || refusals.has(code));
}

function isGuard(name: string): name is GuardName {
  return (guardNames as readonly string[]).includes(name);
}
