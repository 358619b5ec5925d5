/**
 * Sends the parts of a planned delivery, batch by batch, and settles each with its answer. Halves what is too much for the
 * platform. Knows no platform, no file and no guard; what a batch becomes on the wire is the session's.
 */
import { type Batch, type DeliveredFile, type Delivery, DeliveryError, type DeliverySession, type Destination, type Receipt } from "../ports/destination.ts";
import type { Connection } from "../ports/engine.ts";
import { type PlannedDelivery, type PlannedPart, settleBatch } from "./delivery-ledger.ts";
import { readPart } from "./difference.ts";
import type { DeliveryProgress } from "./export-request.ts";
import type { ExportLedger } from "./ledger-tables.ts";
import type { PlainIdentifiers } from "./plain-identifiers.ts";

export interface DeliveryContext {
  readonly state: Connection;
  readonly ledger: ExportLedger;
  readonly destination: Destination;
  readonly delivery: Delivery;
  readonly planned: PlannedDelivery;
  /** What goes out plain, if anything does. */
  readonly plain: PlainIdentifiers | undefined;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly onProgress: ((progress: DeliveryProgress) => void) | undefined;
  /** Called once the audience is known, and with each batch that counts. */
  readonly onOpened: (audienceId: string | undefined) => Promise<void>;
  readonly onBatch: () => Promise<void>;
}

/** Sums over everything that was answered; they grow while the delivery goes on, so that also a broken one can be told. */
export class DeliveryTally {
  adds = 0;
  removes = 0;
  received: number | undefined;
  invalid: number | undefined;
  readonly warnings = new Map<string, number>();
  files: readonly DeliveredFile[] = [];
  /** What can be asked about later of what counts as a whole. */
  readonly references = new Map<number, readonly string[]>();
  leftOutReference: string | undefined;

  count(operation: Batch["operation"], people: number, { received, invalid, warnings = [] }: Receipt): void {
    if (operation === "remove") this.removes += people;
    else this.adds += people;
    if (received !== undefined) this.received = (this.received ?? 0) + received;
    if (invalid !== undefined) this.invalid = (this.invalid ?? 0) + invalid;
    for (const warning of warnings) this.warnings.set(warning, (this.warnings.get(warning) ?? 0) + 1);
  }
}

/** Whatever fails is thrown, after the session was given up. */
export async function sendDelivery(context: DeliveryContext, tally: DeliveryTally): Promise<void> {
  const { destination, delivery, planned } = context;
  const session = await destination.open(delivery);
  try {
    await context.onOpened(session.audienceId);
    for (const [i, part] of planned.parts.entries()) await sendPart(context, session, part, delivery.parts[i]?.columns ?? [], tally);
    const { files, reference } = await session.finish();
    tally.files = files;
    if (destination.confirm) tally.leftOutReference = reference;
  } catch (error) {
    await session.abort();
    throw error;
  }
}

async function sendPart(
  context: DeliveryContext,
  session: DeliverySession,
  part: PlannedPart,
  columns: readonly string[],
  tally: DeliveryTally,
): Promise<void> {
  const { state, ledger, destination, planned, delivery, plain, signal, now } = context;
  const { operation, place } = part;
  const halving = new Halving(session, destination.capabilities.batchSize);
  let sent = 0;
  let number = 0;
  const report = () => context.onProgress?.({ exportName: delivery.audience.exportName, operation, sent, people: place.people });
  if (place.people > 0) report();
  const countsAtEnd = part.counts === "when finished";
  for await (const members of readPart(state, place, columns, destination.capabilities.batchSize, countsAtEnd, plain)) {
    if (signal.aborted) throw new DeliveryError("interrupted", "it was interrupted");
    const batchId = part.batchIds[number++] as number;
    const isLast = sent + members.length === place.people;
    const receipts = await halving.send({ id: `${planned.runId}/${batchId}`, operation, members, isLast });
    const references = destination.confirm ? receipts.flatMap(({ reference }) => (reference === undefined ? [] : [reference])) : [];
    if (countsAtEnd) tally.references.set(batchId, references);
    else {
      const status = references.length > 0 ? "accepted" : "done";
      await settleBatch(ledger, {
        batchId,
        operation,
        status,
        references,
        received: sum(receipts, "received"),
        invalid: sum(receipts, "invalid"),
        at: now().toISOString(),
      });
      await context.onBatch();
    }
    for (const [i, receipt] of receipts.entries()) tally.count(operation, i === 0 ? members.length : 0, receipt);
    sent += members.length;
    report();
  }
}

/** Sends a batch in as many pieces as the platform wants, and stays with pieces of that size. */
class Halving {
  private readonly session: DeliverySession;
  private size: number;

  constructor(session: DeliverySession, size: number) {
    this.session = session;
    this.size = size;
  }

  async send(batch: Batch): Promise<readonly Receipt[]> {
    const receipts: Receipt[] = [];
    let from = 0;
    while (from < batch.members.length) {
      const members = batch.members.slice(from, from + this.size);
      const isLast = batch.isLast && from + members.length === batch.members.length;
      const id = members.length === batch.members.length ? batch.id : `${batch.id}/${from}-${from + members.length}`;
      const receipt = await this.attempt({ ...batch, id, members, isLast });
      if (!receipt) continue;
      receipts.push(receipt);
      from += members.length;
    }
    return receipts;
  }

  /** Nothing when the piece was too much and smaller ones are to follow. */
  private async attempt(piece: Batch): Promise<Receipt | undefined> {
    try {
      return await this.session.send(piece);
    } catch (error) {
      const isTooMuch = error instanceof DeliveryError && error.kind === "too_much";
      if (!isTooMuch || piece.members.length === 1) throw error;
      this.size = Math.ceil(piece.members.length / 2);
      return undefined;
    }
  }
}

function sum(receipts: readonly Receipt[], key: "received" | "invalid"): number | undefined {
  const told = receipts.flatMap((receipt) => receipt[key] ?? []);
  return told.length === 0 ? undefined : told.reduce((total, value) => total + value, 0);
}
