/** A destination that takes people batch by batch, as platforms do, and keeps what it was asked in memory. */
import type { ExportDestination } from "../../src/export/export-request.ts";
import type { Batch, Delivery, DeliverySession, Destination, DestinationCapabilities, Receipt } from "../../src/ports/destination.ts";

/** What one delivery asked for: the cells of each person, sorted. */
export interface Asked {
  readonly delivery: Delivery;
  readonly batches: Batch[];
  adds: (readonly string[])[];
  removes: (readonly string[])[];
  members: (readonly string[])[];
  isFinished: boolean;
}

const withEachBatch = "with each batch" as const;
const removal = { operation: "remove", counts: withEachBatch } as const;
const addition = { operation: "add", counts: withEachBatch } as const;

const capabilities: DestinationCapabilities = {
  modes: {
    mirror: [removal, addition],
    add: [removal, addition],
    remove: [removal, addition],
    replace: [{ operation: "replace", counts: "when finished" }],
  },
  batchSize: 5000,
  membershipDays: undefined,
  reviewsNames: false,
  findsById: true,
};

interface Behaviour {
  readonly capabilities?: Partial<DestinationCapabilities>;
  /** What to answer to a batch; throws for a failure. */
  readonly answer?: (batch: Batch, asked: Asked) => Receipt | Promise<Receipt>;
  /** May return what can be asked about later. */
  readonly finish?: () => Promise<unknown>;
  readonly destination?: Partial<Destination>;
}

/** In place of the real destination of a project; `into` gets an entry for each delivery. */
export function recording(into: Asked[], behaviour: Behaviour = {}): (real: ExportDestination) => ExportDestination {
  return (real) => ({
    ...real,
    destination: {
      type: "recording",
      platform: "meta",
      capabilities: { ...capabilities, ...behaviour.capabilities },
      problemsWith: real.destination.problemsWith,
      agreeOnSchema: () => ({ schema: "recording" }),
      find: async () => ({ exists: true, id: undefined, wasDelivered: false, size: undefined, condition: undefined }),
      check: async () => [],
      open: async (delivery) => session(delivery, into, behaviour),
      ...behaviour.destination,
    },
  });
}

function session(delivery: Delivery, into: Asked[], { answer, finish }: Behaviour): DeliverySession {
  const asked: Asked = { delivery, batches: [], adds: [], removes: [], members: [], isFinished: false };
  into.push(asked);
  const kept = { add: asked.adds, remove: asked.removes, replace: asked.members };
  return {
    audienceId: undefined,
    send: async (batch) => {
      asked.batches.push(batch);
      const receipt = (await answer?.(batch, asked)) ?? {};
      kept[batch.operation].push(...batch.members.map(({ cells }) => cells));
      for (const list of Object.values(kept)) list.sort();
      return receipt;
    },
    finish: async () => {
      const reference = await finish?.();
      asked.isFinished = true;
      return { files: [], ...(typeof reference === "string" && { reference }) };
    },
    abort: async () => undefined,
  };
}

/** Whose open fails at once. */
export function failing(error: Error, secrets: readonly string[] = []): (real: ExportDestination) => ExportDestination {
  return (real) => ({ ...real, secrets, destination: { ...real.destination, open: () => Promise.reject(error) } });
}
