/** The history of an export and what is known of its audience, as plain data and as text. */
import { sql } from "kysely";
import type { Config } from "../config/config.ts";
import type { AudienceExport } from "../parse/resource.ts";
import type { State } from "../run/state/open-state.ts";
import { audienceOf, recallAudience } from "./audience-of.ts";
import { inScope, scopeOf } from "./audience-scope.ts";
import { type ConfirmedBatches, confirmBatches } from "./confirm-batches.ts";
import { hideSecrets } from "./describe-failure.ts";
import { ledgerRowsSql } from "./difference-sql.ts";
import type { PlatformView, SentCounts } from "./export-plan.ts";
import type { ExportDestination } from "./export-request.ts";
import { openLedger } from "./ledger-tables.ts";
import { lookAtPlatform } from "./look-at-platform.ts";

export interface RunSummary {
  readonly runId: string;
  readonly startedAt: string;
  readonly status: string;
  readonly mode: string;
  readonly adds: number;
  readonly removes: number;
  readonly sizeAfter: number;
  readonly sent: SentCounts | undefined;
  readonly forced: readonly string[];
  readonly message: string | undefined;
}

export interface ExportStatus {
  readonly export: string;
  readonly destination: { readonly name: string; readonly type: string; readonly platform: string };
  readonly platform: PlatformView;
  /** People of whom the ledger says that they are in the audience, and those of whom it is not sure. */
  readonly ledger: { readonly people: number; readonly unsure: number };
  /** Batches that the platform still works on, and why it refused others. */
  readonly batches: ConfirmedBatches;
  /** The newest first. */
  readonly runs: readonly RunSummary[];
}

export interface StatusRequest {
  readonly resource: AudienceExport;
  readonly config: Config;
  readonly state: State;
  readonly destination: ExportDestination;
  readonly now: () => Date;
  readonly mostRuns: number;
}

/** Asks the platform what became of batches that it took, and settles them. */
export async function readStatus({ resource, config, state, destination, now, mostRuns }: StatusRequest): Promise<ExportStatus> {
  const ledger = await openLedger(state.db);
  const scope = scopeOf(config.targetName, resource);
  const batches = await confirmBatches(ledger, scope, destination.destination, false, now);
  const remembered = await recallAudience(ledger, scope);
  const { view } = await lookAtPlatform(destination.destination, audienceOf(config, resource, remembered));
  const { rows } = await state.connection.query(
    `select if(standing in ('sent', 'leaving'), standing, 'unsure') as certainty, count(distinct member_key) as people from (${ledgerRowsSql(scope)}) group by certainty`,
  );
  const people = (certainty: string) => Number(rows.find((row) => row["certainty"] === certainty)?.["people"] ?? 0);
  const runs = await ledger
    .selectFrom("export_runs")
    .selectAll()
    .where(sql.raw<boolean>(`coalesce(export_runs.audience, '') = '' or ${inScope(scope, "export_runs")}`))
    .where("target", "=", scope.target)
    .where("export_name", "=", scope.exportName)
    .orderBy("started_at", "desc")
    .limit(mostRuns)
    .execute();
  const { type, platform } = destination.destination;
  return {
    export: resource.name,
    destination: { name: destination.name, type, platform },
    platform: "problem" in view ? { problem: hideSecrets(view.problem, destination.secrets) } : view,
    ledger: { people: people("sent"), unsure: people("unsure") },
    batches,
    runs: runs.map((run) => ({
      runId: run.run_id,
      startedAt: run.started_at,
      status: run.status,
      mode: run.mode,
      adds: Number(run.adds),
      removes: Number(run.removes),
      sizeAfter: Number(run.size_after),
      sent: run.sent === null ? undefined : (JSON.parse(run.sent) as SentCounts),
      forced: run.forced?.split(",") ?? [],
      message: run.message ?? undefined,
    })),
  };
}
