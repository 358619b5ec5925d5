/** Delivers to a file destination as the engine does, for the tests of files. */
import { createFileDestination } from "../../src/destinations/file/file-destination.ts";
import type { FileLimits, HeaderNames, UploadFormat } from "../../src/destinations/file/upload-format.ts";
import type { Audience, DeliveredFile, Delivery, DeliveryMode, DeliveryPart, HashedMember } from "../../src/ports/destination.ts";

export interface Sent {
  readonly directory: string;
  readonly format: UploadFormat;
  readonly limits?: FileLimits;
  readonly headers?: HeaderNames;
  readonly members?: readonly HashedMember[];
  readonly removes?: readonly HashedMember[];
  readonly columns?: readonly string[];
  readonly mode?: DeliveryMode;
  readonly exportName?: string;
}

export function member(...cells: readonly string[]): HashedMember {
  return { key: "1", cells };
}

export function audienceOf(exportName: string, columns: readonly string[]): Audience {
  return { exportName, name: "Win back", description: "", label: undefined, id: "77", create: false, marker: "", columns };
}

/** Open, send everything in batches of two, finish. What fails is given up. */
export async function deliver(sent: Sent): Promise<{ readonly files: readonly DeliveredFile[] }> {
  const { members = [], removes = [], columns = ["EMAIL"], mode = "mirror", exportName = "winback" } = sent;
  const destination = createFileDestination(sent);
  const people = { remove: removes, replace: members, add: [] };
  const parts = (destination.capabilities.modes[mode] ?? []).map((step): DeliveryPart => ({ ...step, columns, people: people[step.operation].length }));
  const delivery: Delivery = { audience: audienceOf(exportName, columns), mode, runId: "run", parts, schema: sent.format.name };
  const session = await destination.open(delivery);
  try {
    for (const { operation } of parts) {
      const all = people[operation];
      for (let i = 0; i < all.length; i += 2)
        await session.send({ id: `${operation}-${i}`, operation, members: all.slice(i, i + 2), isLast: i + 2 >= all.length });
    }
    return await session.finish();
  } catch (error) {
    await session.abort();
    throw error;
  }
}
