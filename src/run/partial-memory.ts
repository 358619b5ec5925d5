/**
 * What the warehouse remembers of relations that grow over the runs and were last made of a part of their inputs, by --empty
 * or --sample: nothing is added to them, the next whole run makes them anew. Written in the transaction of the relation.
 */
import { quoteIdentifier, quoteLiteral } from "../core/names.ts";
import { memorySchema } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";

export const partialMemory = "partial_relations";
const table = `${quoteIdentifier(memorySchema)}.${quoteIdentifier(partialMemory)}`;

/** The table's own key among what stands in the warehouse. */
export const partialMemoryKey = `${memorySchema}.${partialMemory}`;

export const createPartialMemory = `create table if not exists ${table} (relation varchar)`;

/** Keys of the relations: their `schema.name` in lower case. */
export async function readPartial(connection: Connection): Promise<ReadonlySet<string>> {
  const { rows } = await connection.query(`select relation from ${table}`);
  return new Set(rows.map((row) => String(row["relation"])));
}

export async function rememberPartial(connection: Connection, relation: string): Promise<void> {
  await connection.execute(`insert into ${table} values (${quoteLiteral(relation)})`);
}

export async function forgetPartial(connection: Connection, relation: string): Promise<void> {
  await connection.execute(`delete from ${table} where relation = ${quoteLiteral(relation)}`);
}
