/**
 * Delivers a difference that was taken, whatever it was taken for: writes the plan of it into the ledger, sends it, and
 * settles what counts only at the end. Decides nothing about who is in it.
 */
import type { Audience, DeliveryMode, DeliveryPart } from "../ports/destination.ts";
import { rememberAudience, rememberPlatformId } from "./audience-of.ts";
import type { AudienceScope } from "./audience-scope.ts";
import { type DeliveryTally, sendDelivery } from "./deliver.ts";
import { planDelivery, settleFinished } from "./delivery-ledger.ts";
import type { Difference } from "./difference.ts";
import type { ExportRequest } from "./export-request.ts";
import type { ExportLedger } from "./ledger-tables.ts";
import type { PlainIdentifiers } from "./plain-identifiers.ts";

export interface DifferenceDelivery {
  readonly ledger: ExportLedger;
  readonly scope: AudienceScope;
  readonly audience: Audience;
  readonly mode: DeliveryMode;
  readonly parts: readonly DeliveryPart[];
  readonly schema: string;
  readonly difference: Difference;
  /** What goes out plain, if anything does. */
  readonly plain: PlainIdentifiers | undefined;
  /** Called in between, as soon as something of it counts; again at the end. */
  readonly onCounted: () => Promise<void>;
}

type Surroundings = Pick<ExportRequest, "state" | "destination" | "runId" | "signal" | "now" | "onProgress">;

export async function deliverDifference(surroundings: Surroundings, what: DifferenceDelivery, tally: DeliveryTally): Promise<void> {
  const { state, runId, signal, now, onProgress } = surroundings;
  const { ledger, scope, audience, mode, parts, schema, difference, plain, onCounted } = what;
  const { destination } = surroundings.destination;
  const at = () => now().toISOString();
  await rememberAudience(ledger, scope, schema, at());
  const { batchSize } = destination.capabilities;
  const planned = await planDelivery(ledger, { scope, runId, steps: parts, places: difference.parts, batchSize, resendsAll: mode === "replace", at: at() });
  await sendDelivery(
    {
      state: state.connection,
      ledger,
      destination,
      delivery: { audience, mode, runId, parts, schema },
      planned,
      plain,
      signal,
      now,
      onProgress,
      onOpened: async (audienceId) => {
        if (audienceId !== undefined) await rememberPlatformId(ledger, scope, audienceId);
      },
      onBatch: onCounted,
    },
    tally,
  );
  await settleFinished(ledger, planned, { batches: tally.references, leftOut: tally.leftOutReference }, at());
  await onCounted();
}
