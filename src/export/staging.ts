/**
 * The people of one export run in a temporary table of the state database, so that the difference to what was sent is
 * taken in SQL and memory does not grow with them. Holds hashed people only; is gone when the connection closes.
 */
import type { Connection } from "../ports/engine.ts";
import { personMark } from "./audience-identifiers.ts";
import type { StagedBatch } from "./normalise-people.ts";

export const stagedPeople = "temp.export_people";
/** What goes out plain, sealed; only where something does. */
export const sealedPeople = "temp.export_sealed";

/** Beyond this the database works on disk beside its file, so that memory does not grow with the people. */
const memoryLimit = "1GB";

export async function createStaging(state: Connection): Promise<void> {
  await state.execute(`set memory_limit = '${memoryLimit}';
create or replace temp table export_people (member_key varchar, standing varchar, identifiers varchar, attributes varchar);
create or replace temp table export_sealed (member_key varchar, sealed varchar)`);
}

export async function dropStaging(state: Connection): Promise<void> {
  await state.execute(`drop table if exists ${stagedPeople}; drop table if exists ${sealedPeople}`);
}

const column = "unnest(string_split(?, chr(30)))";
const insertPeople = `insert into ${stagedPeople} select ${[column, column, column, column].join(", ")}`;
const insertSealed = `insert into ${sealedPeople} select ${column} as member_key, ${column} as sealed`;

/** While a batch is written, the next one is made. */
export async function stagePeople(state: Connection, batches: AsyncIterable<StagedBatch>): Promise<void> {
  let writing: Promise<unknown> = Promise.resolve();
  try {
    for await (const batch of batches) {
      await writing;
      writing = stage(state, batch);
      // Awaited in the next round, or below: until then its failure is nobody's.
      writing.catch(() => undefined);
    }
  } finally {
    await writing;
  }
}

async function stage(state: Connection, { memberKeys, standings, identifiers, attributes, sealed }: StagedBatch): Promise<void> {
  await state.query(insertPeople, [memberKeys, standings, identifiers, attributes]);
  if (sealed !== undefined) await state.query(insertSealed, [memberKeys, sealed]);
}

/** Rows of the model without a key, or with one that an earlier row has. */
export async function countBadKeys(state: Connection): Promise<number> {
  const { rows } = await state.query(`select count(*) - count(distinct nullif(member_key, '')) as bad from ${stagedPeople}`);
  return Number(rows[0]?.["bad"]);
}

/** Suppressed people whom the model does not hold. */
export async function stageStrangers(state: Connection, memberKeys: readonly string[]): Promise<void> {
  if (memberKeys.length > 0) await state.query(`insert into ${stagedPeople} select ${column}, 'suppressed', '', ''`, [memberKeys.join(personMark)]);
}
