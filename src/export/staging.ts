/**
 * The people of one export run in a temporary table of the state database, so that the difference to what was sent is
 * taken in SQL and memory does not grow with them. Holds hashed people only; is gone when the connection closes.
 */
import type { Connection } from "../ports/engine.ts";
import { personMark } from "./audience-identifiers.ts";
import type { LeftOutReason } from "./export-plan.ts";

export interface StagedPerson {
  readonly memberKey: string;
  readonly standing: "eligible" | LeftOutReason;
  /** Packed; "" for everybody who is not eligible. */
  readonly identifiers: string;
  /** Numbers about the person that the platform takes beside identifiers, packed alike. */
  readonly attributes: string;
}

export const stagedPeople = "temp.export_people";
/** What goes out plain, sealed; only where something does. */
export const sealedPeople = "temp.export_sealed";

/** Beyond this the database works on disk beside its file, so that memory does not grow with the people. */
const memoryLimit = "1GB";

export async function createStaging(state: Connection): Promise<void> {
  await state.execute(`set memory_limit = '${memoryLimit}'`);
  await state.execute(`create or replace temp table export_people (member_key varchar, standing varchar, identifiers varchar, attributes varchar)`);
}

export async function dropStaging(state: Connection): Promise<void> {
  await state.execute(`drop table if exists ${stagedPeople}; drop table if exists ${sealedPeople}`);
}

/**
 * One text a column and batch, taken apart by the database: a tenth of the time of single values. While a batch is written,
 * the next one is made. `beside` puts away what is not staged of a batch.
 */
export async function stagePeople<P extends StagedPerson>(
  state: Connection,
  batches: AsyncIterable<readonly P[]>,
  beside?: (batch: readonly P[]) => Promise<void>,
): Promise<void> {
  const column = "unnest(string_split(?, chr(30)))";
  const insert = `insert into ${stagedPeople} select ${[column, column, column, column].join(", ")}`;
  let writing: Promise<unknown> = Promise.resolve();
  try {
    for await (const batch of batches) {
      const texts = [
        batch.map(({ memberKey }) => memberKey).join(personMark),
        batch.map(({ standing }) => standing).join(personMark),
        batch.map(({ identifiers }) => identifiers).join(personMark),
        batch.map(({ attributes }) => attributes).join(personMark),
      ];
      await writing;
      if (batch.length > 0) writing = state.query(insert, texts).then(() => beside?.(batch));
      // Awaited in the next round, or below: until then its failure is nobody's.
      writing.catch(() => undefined);
    }
  } finally {
    await writing;
  }
}
