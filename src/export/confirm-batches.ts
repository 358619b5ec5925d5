/**
 * Batches that a platform has taken and works on: asks what became of them and settles them. A refused one makes its people
 * uncertain, so that the next difference sends them again.
 */
import { sql } from "kysely";
import { type Confirmation, DeliveryError, type DeliveryOperation, type Destination } from "../ports/destination.ts";
import { type AudienceScope, inScope } from "./audience-scope.ts";
import { settleBatch } from "./delivery-ledger.ts";
import type { ExportLedger } from "./ledger-tables.ts";

export interface ConfirmedBatches {
  readonly pending: number;
  readonly invalid: number | undefined;
  /** What the platform said of batches that it refused, each once. */
  readonly refusals: readonly string[];
}

export async function confirmBatches(
  ledger: ExportLedger,
  scope: AudienceScope,
  destination: Destination,
  wait: boolean,
  now: () => Date,
): Promise<ConfirmedBatches> {
  const batches = await ledger
    .selectFrom("export_batches")
    .select(["batch_id", "operation", "batch_references"])
    .where("status", "=", "accepted")
    .where(sql.raw<boolean>(inScope(scope, "export_batches")))
    .orderBy("batch_id")
    .execute();
  if (batches.length === 0 || !destination.confirm) return { pending: 0, invalid: undefined, refusals: [] };
  const open = batches.map((batch) => ({
    id: Number(batch.batch_id),
    operation: batch.operation as DeliveryOperation,
    references: JSON.parse(batch.batch_references ?? "[]") as readonly string[],
  }));
  const answers = await destination.confirm(
    open.flatMap(({ references }) => references),
    wait,
  );
  let pending = 0;
  let invalid: number | undefined;
  const refusals = new Set<string>();
  for (const { id, operation, references } of open) {
    const own = references.map((reference): Confirmation => answers.get(reference) ?? { outcome: "pending" });
    for (const { outcome, detail } of own) if (outcome === "refused") refusals.add(detail || "no reason was given");
    const unusable = own.flatMap((answer) => answer.invalid ?? []);
    const unusableRows = unusable.length === 0 ? undefined : unusable.reduce((sum, rows) => sum + rows, 0);
    if (unusableRows !== undefined) invalid = (invalid ?? 0) + unusableRows;
    const isRefused = own.some(({ outcome }) => outcome === "refused");
    if (!isRefused && own.some(({ outcome }) => outcome === "pending")) pending++;
    else await settleBatch(ledger, { batchId: id, operation, status: isRefused ? "refused" : "done", invalid: unusableRows, at: now().toISOString() });
  }
  return { pending, invalid, refusals: [...refusals] };
}

/**
 * Before a difference is taken: what the platform has settled since the last run is known to it. A platform that does not
 * answer is asked again after the delivery.
 */
export async function settleMeanwhile(ledger: ExportLedger, scope: AudienceScope, destination: Destination, now: () => Date): Promise<void> {
  try {
    await confirmBatches(ledger, scope, destination, false, now);
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.kind === "interrupted") throw error;
  }
}
