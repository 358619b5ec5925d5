/**
 * The people of one export run in a temporary table of the state database, so that the difference to what was sent is
 * taken in SQL and memory does not grow with them. Holds hashed people only; is gone when the connection closes.
 */
import type { Connection } from "../ports/engine.ts";
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

export async function createStaging(state: Connection): Promise<void> {
  await state.execute(`create or replace temp table export_people (member_key varchar, standing varchar, identifiers varchar, attributes varchar)`);
}

export async function dropStaging(state: Connection): Promise<void> {
  await state.execute(`drop table if exists ${stagedPeople}`);
}

/** One JSON text a batch: five times as fast as a list of values, and nothing is quoted by hand. */
export async function stagePeople(state: Connection, batches: AsyncIterable<readonly StagedPerson[]>): Promise<void> {
  const shape = `{"memberKey": "VARCHAR", "standing": "VARCHAR", "identifiers": "VARCHAR", "attributes": "VARCHAR"}`;
  const insert = `insert into ${stagedPeople}
select person.memberKey, person.standing, person.identifiers, person.attributes
from (select unnest(from_json(?, '[${shape}]')) as person)`;
  for await (const batch of batches) if (batch.length > 0) await state.query(insert, [JSON.stringify(batch)]);
}
