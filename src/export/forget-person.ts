/**
 * Erases a person: from every audience that they were sent to, from the ledger and from the arms of experiments. Others of
 * the same household are sent again where a platform would lose them with the person. Keeps that it was done, never for whom.
 */
import { sql } from "kysely";
import type { Config } from "../config/config.ts";
import { type Diagnostic, diagnose, hasErrors } from "../core/diagnostic.ts";
import type { AudienceExport } from "../parse/resource.ts";
import { type Audience, DeliveryError, type DeliveryMode, type DeliveryPart } from "../ports/destination.ts";
import { EngineError } from "../ports/engine.ts";
import type { State } from "../run/state/open-state.ts";
import { audienceOf, recallAudience } from "./audience-of.ts";
import { type AudienceScope, inScope } from "./audience-scope.ts";
import { confirmBatches } from "./confirm-batches.ts";
import { DeliveryTally } from "./deliver.ts";
import { deliverDifference } from "./deliver-difference.ts";
import { describeFailure } from "./describe-failure.ts";
import { dropDifference, takeDifference } from "./difference.ts";
import { createErasureSql } from "./difference-sql.ts";
import type { ExportDestination } from "./export-request.ts";
import { identityPlatforms } from "./identity/platforms.ts";
import { type ExportLedger, openLedger } from "./ledger-tables.ts";
import { findsSomebody, matchingOf } from "./matching.ts";
import { removalKeys } from "./member-columns.ts";
import { publishExport, publishedFolder } from "./published-tables.ts";

export interface ErasedFrom {
  readonly export: string;
  readonly target: string;
  /** The destination, and the platform's id where the export declares one. */
  readonly audience: string;
  /** `pending`: the platform has taken the removal and works on it. */
  readonly outcome: "removed" | "pending" | "failed";
}

export interface ErasureReport {
  readonly audiences: readonly ErasedFrom[];
  /** Experiments that knew the person. */
  readonly assignments: number;
}

export interface ErasureRequest {
  readonly config: Config;
  readonly state: State;
  readonly exports: readonly AudienceExport[];
  /** The export's destination by its name in retain.yml; nothing when it cannot be opened any more. */
  readonly openDestination: (resource: AudienceExport, destination: string) => ExportDestination | undefined;
  readonly memberKeys: readonly string[];
  readonly runId: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

export async function forgetPerson(request: ErasureRequest): Promise<{ readonly value: ErasureReport; readonly diagnostics: readonly Diagnostic[] }> {
  const { state, memberKeys, runId, now, config } = request;
  const ledger = await openLedger(state.db);
  const diagnostics: Diagnostic[] = [];
  const audiences: ErasedFrom[] = [];
  const touched = new Map<string, Pick<AudienceScope, "target" | "exportName">>();
  for (const scope of await findScopes(ledger, memberKeys)) {
    const erased = await eraseFrom(request, ledger, scope);
    diagnostics.push(...erased.diagnostics);
    const outcome = hasErrors(erased.diagnostics) ? "failed" : erased.isPending ? "pending" : "removed";
    audiences.push({ export: scope.exportName, target: scope.target, audience: scope.audience, outcome });
    touched.set(`${scope.target} ${scope.exportName}`, scope);
  }
  const assignments = await forgetAssignments(ledger, memberKeys);
  for (const assignment of assignments) touched.set(`${assignment.target} ${assignment.exportName}`, assignment);
  for (const scope of touched.values()) await publishExport(state.connection, publishedFolder(config), scope);
  await ledger
    .insertInto("export_erasures")
    .values({ run_id: runId, target: config.targetName, audiences: audiences.length, erased_at: now().toISOString() })
    .execute();
  // What was deleted shall not stand in the file's free places longer than it must.
  await state.connection.execute("checkpoint");
  return { value: { audiences, assignments: assignments.length }, diagnostics };
}

async function findScopes(ledger: ExportLedger, memberKeys: readonly string[]): Promise<readonly AudienceScope[]> {
  if (memberKeys.length === 0) return [];
  const rows = await ledger
    .selectFrom("export_members")
    .select(["target", "export_name", "audience"])
    .distinct()
    .where("member_key", "in", memberKeys)
    .orderBy("target")
    .orderBy("export_name")
    .orderBy("audience")
    .execute();
  return rows.map((row) => ({ target: row.target, exportName: row.export_name, audience: row.audience }));
}

interface Erased {
  readonly isPending: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

async function eraseFrom(request: ErasureRequest, ledger: ExportLedger, scope: AudienceScope): Promise<Erased> {
  const { exports, openDestination, now } = request;
  const name = scope.audience.split("#")[0] ?? "";
  const resource = exports.find((candidate) => candidate.name === scope.exportName);
  const destination = resource && openDestination(resource, name);
  if (!resource || !destination) {
    const why = resource ? `the destination "${name}" cannot be opened` : "the project has no such export any more";
    return { isPending: false, diagnostics: [diagnose("RT0615", { name: scope.exportName, audience: scope.audience, why })] };
  }
  try {
    await sendErasure(request, ledger, scope, resource, destination);
    const confirmed = await confirmBatches(ledger, scope, destination.destination, true, now);
    const refusals = confirmed.refusals.map((problem) => diagnose("RT0611", { name: scope.exportName, destination: name, problem }));
    return { isPending: confirmed.pending > 0, diagnostics: refusals };
  } catch (error) {
    if (error instanceof EngineError) throw error;
    return { isPending: false, diagnostics: [describeFailure(error, destination)] };
  } finally {
    await dropDifference(request.state.connection);
  }
}

async function sendErasure(
  request: ErasureRequest,
  ledger: ExportLedger,
  scope: AudienceScope,
  resource: AudienceExport,
  destination: ExportDestination,
): Promise<void> {
  const { config, state, memberKeys } = request;
  const { capabilities, platform, agreeOnSchema } = destination.destination;
  // Removals by difference where the destination has them, whatever the export's own mode.
  const mode: DeliveryMode = capabilities.modes.mirror ? "mirror" : resource.declaration.mode;
  const steps = capabilities.modes[mode] ?? [];
  const operations = steps.map(({ operation }) => operation);
  const identity = identityPlatforms.get(platform);
  const matching = matchingOf(identity, [...(identity?.keys.keys() ?? [])]);
  const difference = await takeDifference(state.connection, createErasureSql(scope, { mode, operations, matching, limit: undefined }, memberKeys), operations);
  const remembered = await recallAudience(ledger, scope);
  const [, id = remembered?.platform_id ?? undefined] = scope.audience.split("#");
  const audience = { ...audienceOf(config, resource, remembered), id, create: false };
  const removeColumns = removalKeys(destination.destination, audience.columns, difference.removedKeys);
  // Of what went out plain only hashes are known: it goes from the files, also for everybody else, until the next run.
  const lasting = removalKeys(destination.destination, audience.columns, []);
  if (!findsSomebody(matchingOf(identity, lasting))) {
    await withdraw(destination, audience);
    await ledger
      .deleteFrom("export_members")
      .where("member_key", "in", memberKeys)
      .where(sql.raw<boolean>(inScope(scope, "export_members")))
      .execute();
    return;
  }
  const parts = steps.map((step, i): DeliveryPart => {
    const columns = step.operation === "remove" ? removeColumns : lasting;
    return { ...step, columns, people: difference.parts[i]?.people ?? 0 };
  });
  const agreed = agreeOnSchema(removeColumns, remembered?.schema_kind);
  const schema = "schema" in agreed ? agreed.schema : (remembered?.schema_kind ?? "");
  const what = { ledger, scope, audience, mode, parts, schema, difference, plain: undefined, onCounted: async () => undefined };
  await deliverDifference({ ...request, destination }, what, new DeliveryTally());
}

/** For audiences that only plain values find people in: nothing of them is kept that could be written or sent again. */
async function withdraw({ destination }: ExportDestination, audience: Audience): Promise<void> {
  if (destination.withdraw) return destination.withdraw(audience);
  throw new DeliveryError("refused", "the person was sent plain, and nothing is kept by which to remove them", "take them out of the model and run the export");
}

async function forgetAssignments(ledger: ExportLedger, memberKeys: readonly string[]): Promise<readonly Pick<AudienceScope, "target" | "exportName">[]> {
  if (memberKeys.length === 0) return [];
  const rows = await ledger.selectFrom("export_assignments").select(["target", "export_name"]).distinct().where("member_key", "in", memberKeys).execute();
  await ledger.deleteFrom("export_assignments").where("member_key", "in", memberKeys).execute();
  return rows.map((row) => ({ target: row.target, exportName: row.export_name }));
}
