/**
 * Carries an export out: checks the platform, delivers the difference, and writes down what became of it. The ledger knows
 * of every batch before it is sent and of its end as soon as it is answered, so that whatever stops a run, the next one
 * goes on where it was.
 */
import { isAbsolute, relative } from "node:path";
import { type Diagnostic, diagnose, hasErrors, type Outcome } from "../core/diagnostic.ts";
import { DeliveryError } from "../ports/destination.ts";
import { EngineError } from "../ports/engine.ts";
import { confirmBatches } from "./confirm-batches.ts";
import { DeliveryTally } from "./deliver.ts";
import { deliverDifference } from "./deliver-difference.ts";
import { describeFailure } from "./describe-failure.ts";
import type { ExportReport, ExportStatus, ReportedFile } from "./export-plan.ts";
import type { ExportRequest } from "./export-request.ts";
import { forgetAudience } from "./forget-audience.ts";
import { preflight } from "./preflight.ts";
import { type PreparedExport, withPreparedExport } from "./prepare-export.ts";
import { publishExport, publishedFolder, wasPublished } from "./published-tables.ts";
import { closeDeadRuns, recordAssignments, recordEnd, recordStart } from "./record-export.ts";

/** A report is there as soon as there was something to decide on: also when a guard stopped it or the destination failed. */
export async function runExport(request: ExportRequest): Promise<Outcome<ExportReport | undefined>> {
  const startedAt = request.now().toISOString();
  const unready = await preflight(request);
  if (hasErrors(unready)) return { value: undefined, diagnostics: unready };
  return withPreparedExport(request, async (prepared): Promise<Outcome<ExportReport>> => {
    const { plan, stops, notes, ledger, scope } = prepared;
    await closeDeadRuns(ledger, scope);
    await recordStart(ledger, { scope, runId: request.runId, plan, startedAt });
    const tally = new DeliveryTally();
    const found = stops.length > 0 ? { status: "stopped" as const, pending: 0, diagnostics: stops } : await carryOut(request, prepared, tally);
    const report: ExportReport = {
      runId: request.runId,
      status: found.status,
      plan,
      sent: { adds: tally.adds, removes: tally.removes, received: tally.received, invalid: tally.invalid, pending: found.pending },
      files: tally.files.map((file) => reportFile(file, request.config.projectDir)),
      startedAt,
      completedAt: request.now().toISOString(),
    };
    await recordEnd(ledger, scope, report, found.diagnostics);
    if (report.status !== "stopped") await publish(request, prepared);
    return { value: report, diagnostics: [...unready, ...notes, ...found.diagnostics] };
  });
}

interface Carried {
  readonly status: ExportStatus;
  readonly pending: number;
  readonly diagnostics: readonly Diagnostic[];
}

async function carryOut(request: ExportRequest, prepared: PreparedExport, tally: DeliveryTally): Promise<Carried> {
  const { plan, ledger, scope } = prepared;
  const now = () => request.now().toISOString();
  try {
    if (plan.delivers) await deliver(request, prepared, tally);
    else await assign(request, prepared);
    const { destination } = request.destination;
    const confirmed = await confirmBatches(ledger, scope, destination, true, request.now);
    tally.invalid = confirmed.invalid ?? tally.invalid;
    const name = request.resource.name;
    const refusals = confirmed.refusals.map((problem) => diagnose("RT0611", { name, destination: request.destination.name, problem }));
    const diagnostics = [...refusals, ...platformNotes(request, tally)];
    if (refusals.length > 0) return { status: "failed", pending: confirmed.pending, diagnostics };
    return { status: plan.delivers ? "delivered" : "unchanged", pending: confirmed.pending, diagnostics };
  } catch (error) {
    // The state database broke while it was read, or its query was interrupted: the destination is not at fault.
    if (error instanceof EngineError) throw error;
    const isInterrupted = error instanceof DeliveryError && error.kind === "interrupted";
    if (isInterrupted) return { status: "interrupted", pending: 0, diagnostics: [diagnose("RT0610", { name: request.resource.name, at: now() })] };
    return { status: "failed", pending: 0, diagnostics: [describeFailure(error, request.destination), ...platformNotes(request, tally)] };
  }
}

async function deliver(request: ExportRequest, prepared: PreparedExport, tally: DeliveryTally): Promise<void> {
  const { ledger, scope, beginsAnew } = prepared;
  if (beginsAnew) await forgetAudience(ledger, scope);
  let isAssigned = false;
  const onCounted = async () => {
    if (!isAssigned) await assign(request, prepared);
    isAssigned = true;
  };
  await deliverDifference(request, { ...prepared, mode: prepared.plan.mode, onCounted }, tally);
}

/** Mode remove addresses nobody anew, so that nobody comes under treatment by it. */
async function assign({ resource, now }: ExportRequest, { ledger, scope }: PreparedExport): Promise<void> {
  const { holdout, mode } = resource.declaration;
  if (holdout === undefined || mode === "remove") return;
  await ledger.transaction().execute(async (transaction) => recordAssignments(transaction, scope, holdout.percent, now().toISOString()));
}

/** A run that changed nothing leaves the files as they are, unless there are none. */
async function publish({ state, config, resource }: ExportRequest, { plan, scope }: PreparedExport): Promise<void> {
  const folder = publishedFolder(config);
  if (!plan.delivers && resource.declaration.holdout === undefined && (await wasPublished(folder, scope))) return;
  await publishExport(state.connection, folder, scope);
}

/** What the platform had to say although it took everything. */
function platformNotes({ resource, destination }: ExportRequest, { received, invalid, warnings }: DeliveryTally): readonly Diagnostic[] {
  const name = resource.name;
  const notes = [...warnings].map(([problem, times]) => diagnose("RT0612", { name, destination: destination.name, problem, times }));
  if (!invalid) return notes;
  const of = received === undefined ? "" : ` of ${received.toLocaleString("en-US")}`;
  return [diagnose("RT0613", { name, destination: destination.name, rows: `${invalid.toLocaleString("en-US")}${of}` }), ...notes];
}

function reportFile(file: ReportedFile, projectDir: string): ReportedFile {
  const inside = relative(projectDir, file.path);
  const path = inside.startsWith("..") || isAbsolute(inside) ? file.path : inside;
  return { ...file, path: path.replaceAll("\\", "/") };
}
