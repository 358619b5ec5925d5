/** Writes what an export did into the ledger and the history: all of it in one transaction, or nothing. */
import { sql } from "kysely";
import type { Diagnostic } from "../core/diagnostic.ts";
import { changes } from "./difference-sql.ts";
import type { ExportReport } from "./export-plan.ts";
import type { ExportLedger, ExportRunRow } from "./ledger-tables.ts";
import { stagedPeople } from "./staging.ts";

/** After the destination has everything. `measures` says that the export has a holdout to be compared with. */
export async function recordDelivery(ledger: ExportLedger, report: ExportReport, measures: boolean): Promise<void> {
  await ledger.transaction().execute(async (transaction) => {
    if (report.status === "delivered") await updateMembers(transaction, report);
    // Mode remove addresses nobody anew, so that nobody comes under treatment by it.
    if (measures && report.plan.mode !== "remove") await updateAssignments(transaction, report);
    await transaction.insertInto("export_runs").values(runRow(report, [])).execute();
  });
}

/** A run that was stopped or failed: the history knows, the ledger stays. */
export async function recordAttempt(ledger: ExportLedger, report: ExportReport, diagnostics: readonly Diagnostic[]): Promise<void> {
  await ledger.insertInto("export_runs").values(runRow(report, diagnostics)).execute();
}

async function updateMembers(ledger: ExportLedger, { plan, completedAt }: ExportReport): Promise<void> {
  const { target, mode, export: name } = plan;
  const difference = sql.raw(changes);
  const resent = mode === "replace" ? sql`<> 'remove'` : sql`in ('change', 'refresh')`;
  await sql`delete from export_members
where target = ${target} and export_name = ${name}
  and member_key in (select member_key from ${difference} where operation = 'remove')`.execute(ledger);
  await sql`update export_members
set identifiers = difference.identifiers, sent_at = ${completedAt}
from ${difference} as difference
where export_members.target = ${target} and export_members.export_name = ${name}
  and export_members.member_key = difference.member_key and difference.operation ${resent}`.execute(ledger);
  await sql`insert into export_members (target, export_name, member_key, identifiers, first_sent_at, sent_at)
select ${target}, ${name}, member_key, identifiers, ${completedAt}, ${completedAt}
from ${difference}
where operation = 'add'`.execute(ledger);
}

/**
 * By intention to treat: all who may be addressed count as treated, also those without a usable identifier, because the
 * holdout has such people, too. Who changes the arm begins anew; who leaves the audience keeps it.
 */
async function updateAssignments(ledger: ExportLedger, { plan, completedAt }: ExportReport): Promise<void> {
  const { target, export: name } = plan;
  const arms = sql`(
  select member_key, if(standing = 'holdout', 'holdout', 'treatment') as arm
  from ${sql.raw(stagedPeople)}
  where standing in ('eligible', 'no_identifier', 'holdout')
)`;
  await sql`update export_assignments
set arm = arms.arm, assigned_at = ${completedAt}
from ${arms} as arms
where export_assignments.target = ${target} and export_assignments.export_name = ${name}
  and export_assignments.member_key = arms.member_key and export_assignments.arm <> arms.arm`.execute(ledger);
  await sql`insert into export_assignments (target, export_name, member_key, arm, assigned_at)
select ${target}, ${name}, member_key, arm, ${completedAt}
from ${arms} as arms
where member_key not in (select member_key from export_assignments where target = ${target} and export_name = ${name})`.execute(ledger);
}

function runRow({ runId, status, plan, startedAt, completedAt }: ExportReport, diagnostics: readonly Diagnostic[]): ExportRunRow {
  return {
    run_id: runId,
    target: plan.target,
    export_name: plan.export,
    destination: plan.destination.name,
    mode: plan.mode,
    status,
    adds: plan.counts.adds,
    removes: plan.counts.removes,
    size_after: plan.counts.sizeAfter,
    counts: JSON.stringify(plan.counts),
    message: diagnostics.map(({ message }) => message).join("; ") || null,
    started_at: startedAt,
    completed_at: completedAt,
  };
}
