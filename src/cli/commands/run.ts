/** `build`, `run`, `seed` and `test`: run what was selected, report it, and give the exit code. */
import { artifactSecrets, redact } from "../../artifacts/redact.ts";
import { diagnose } from "../../core/diagnostic.ts";
import type { RunCommand } from "../../plan/plan.ts";
import type { RunResult } from "../../ports/run-event.ts";
import { checkRunSettings } from "../../session/check-run-settings.ts";
import { executeRun, prepareRun, type RunRequest, verdictOf } from "../../session/run-project.ts";
import { type Session, selectFor } from "../../session/session.ts";
import type { CliContext } from "../context.ts";
import { openSession } from "../open-session.ts";
import type { RunOptions } from "../options.ts";
import { describePlan, planData } from "../plan-text.ts";
import { createReporters } from "../reporting.ts";

export async function runCommand(context: CliContext, command: RunCommand, options: RunOptions): Promise<number> {
  const misuse = checkRunSettings(command, options);
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

export async function runSelected(context: CliContext, opened: Session, request: RunRequest<RunOptions>): Promise<number> {
  const { command, options } = request;
  const { config } = opened;
  const abort = new AbortController();
  let signalCode = 0;
  const stopListening = context.onInterrupt((code) => {
    signalCode = code;
    abort.abort();
  });
  try {
    const prepared = await prepareRun(context, opened, request, abort.signal);
    if (!prepared) return signalCode || 2;
    const { session, plan, database, changed } = prepared;
    if (options.dryRun) {
      database?.close();
      const text = options.json ? `${JSON.stringify(planData(plan, changed), null, 2)}\n` : describePlan(plan, changed);
      context.stdout.write(redact(text, artifactSecrets(config)));
      return 0;
    }
    if (plan.stages.length === 0 && !options.select && !changed?.reused.length)
      session.report([diagnose("RT0002", { criterion: "everything" }, { help: `there is nothing to ${command}` })]);
    const reporters = createReporters(context, options, session.sources, config.secrets, config.projectDir);
    if (!reporters) {
      database?.close();
      return 2;
    }
    const run = await executeRun(context, prepared, request, { emit: reporters.emit, signal: abort.signal });
    if (!run) return signalCode || 2;
    const isReported = await reporters.close();
    const exitCode = exitCodeOf(run.result, options);
    if (exitCode === 0 && options.warnError && run.result.results.some((node) => node.status === "warn")) {
      context.note("warnings count as failures, because of --warn-error");
      return signalCode || 1;
    }
    return signalCode || exitCode || (run.recording !== "lost" && isReported ? 0 : 1);
  } finally {
    stopListening();
  }
}

function exitCodeOf(result: RunResult, options: RunOptions): number {
  switch (verdictOf(result)) {
    case "ok":
      return 0;
    case "tests failed":
      return options.testFailureExitCode ?? 1;
    case "failed":
      return 1;
  }
}
