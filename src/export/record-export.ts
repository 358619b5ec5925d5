/** Writes the history of exports, and the arms of the experiment. What the ledger knows of people is not written here. */
import { sql } from "kysely";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { AudienceScope } from "./audience-scope.ts";
import type { ExportPlan, ExportReport, SentCounts } from "./export-plan.ts";
import type { ExportLedger, ExportRunRow } from "./ledger-tables.ts";
import { stagedPeople } from "./staging.ts";

export interface RunStart {
  readonly scope: AudienceScope;
  readonly runId: string;
  readonly plan: ExportPlan;
  readonly startedAt: string;
}

/** Before anything is sent, so that a process that dies leaves a trace in the history. */
export async function recordStart(ledger: ExportLedger, start: RunStart): Promise<void> {
  await ledger
    .insertInto("export_runs")
    .values(runRow(start, "running", undefined, [], start.startedAt))
    .execute();
}

export async function recordEnd(ledger: ExportLedger, scope: AudienceScope, report: ExportReport, diagnostics: readonly Diagnostic[]): Promise<void> {
  const { runId, status, sent, completedAt } = report;
  await forgetRun(ledger, scope, runId);
  await ledger
    .insertInto("export_runs")
    .values(runRow({ ...report, scope }, status, sent, diagnostics, completedAt))
    .execute();
}

async function forgetRun(ledger: ExportLedger, scope: AudienceScope, runId: string): Promise<void> {
  await ledger.deleteFrom("export_runs").where("run_id", "=", runId).where("target", "=", scope.target).where("export_name", "=", scope.exportName).execute();
}

/** Whether the history knows of a delivery of the export, wherever it went. */
export async function hasDelivered(ledger: ExportLedger, { target, exportName }: AudienceScope): Promise<boolean> {
  const run = await ledger
    .selectFrom("export_runs")
    .select("run_id")
    .where("target", "=", target)
    .where("export_name", "=", exportName)
    .where("status", "<>", "stopped")
    .executeTakeFirst();
  return run !== undefined;
}

/** Runs that never ended: their process died. */
export async function closeDeadRuns(ledger: ExportLedger, { target, exportName }: AudienceScope): Promise<void> {
  await ledger
    .updateTable("export_runs")
    .set({ status: "interrupted", message: "the process ended before the run did" })
    .where("status", "=", "running")
    .where("target", "=", target)
    .where("export_name", "=", exportName)
    .execute();
}

/**
 * By intention to treat: all who may be addressed count as treated, also those without a usable identifier, because the
 * holdout has such people, too. Who changes the arm begins anew; who leaves the audience keeps it.
 */
export async function recordAssignments(ledger: ExportLedger, { target, exportName }: AudienceScope, holdoutPercent: number, at: string): Promise<void> {
  const share = 1 - holdoutPercent / 100;
  const arms = sql`(
  select member_key, if(standing = 'holdout', 'holdout', 'treatment') as arm
  from ${sql.raw(stagedPeople)}
  where standing in ('eligible', 'no_identifier', 'holdout')
)`;
  await sql`update export_assignments
set arm = arms.arm, planned_treatment_share = ${share}, assigned_at = ${at}
from ${arms} as arms
where export_assignments.target = ${target} and export_assignments.export_name = ${exportName}
  and export_assignments.member_key = arms.member_key and export_assignments.arm <> arms.arm`.execute(ledger);
  await sql`insert into export_assignments (target, export_name, member_key, arm, planned_treatment_share, assigned_at)
select ${target}, ${exportName}, member_key, arm, ${share}, ${at}
from ${arms} as arms
where member_key not in (select member_key from export_assignments where target = ${target} and export_name = ${exportName})`.execute(ledger);
}

function runRow(start: RunStart, status: string, sent: SentCounts | undefined, diagnostics: readonly Diagnostic[], completedAt: string): ExportRunRow {
  const { scope, runId, plan, startedAt } = start;
  return {
    run_id: runId,
    target: scope.target,
    export_name: scope.exportName,
    audience: scope.audience,
    destination: plan.destination.name,
    mode: plan.mode,
    status,
    adds: plan.counts.adds,
    removes: plan.counts.removes,
    size_after: plan.counts.sizeAfter,
    counts: JSON.stringify(plan.counts),
    sent: sent === undefined ? null : JSON.stringify(sent),
    forced: plan.forced.map(({ guard }) => guard).join(",") || null,
    message: diagnostics.map(({ message }) => message).join("; ") || null,
    started_at: startedAt,
    completed_at: completedAt,
  };
}
