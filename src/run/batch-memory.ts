/**
 * What the warehouse remembers of batches that are done. It stands in the warehouse and is written in the transaction of the
 * batch, so that after a kill at any moment it says neither too much nor too little.
 */
import { quoteIdentifier, quoteLiteral } from "../core/names.ts";
import { memorySchema } from "../plan/plan.ts";
import type { Connection } from "../ports/engine.ts";
import { type BatchWindow, type DoneBatch, sqlWindow } from "./batch-windows.ts";

export const batchMemory = "batches";
const table = `${quoteIdentifier(memorySchema)}.${quoteIdentifier(batchMemory)}`;

export const createBatchMemory = `create table if not exists ${table} (relation varchar, batch_start timestamp, batch_end timestamp, built_at timestamp)`;

/** `relation` is its `schema.name` in lower case. */
export async function readDoneBatches(connection: Connection, relation: string): Promise<readonly DoneBatch[]> {
  const { rows } = await connection.query(
    `select epoch_ms(batch_start) as start, epoch_ms(batch_end) as end, epoch_ms(built_at) as built_at from ${table} where relation = ${quoteLiteral(relation)}`,
  );
  return rows.map((row) => ({ start: Number(row["start"]), end: Number(row["end"]), builtAt: Number(row["built_at"]) }));
}

export async function rememberBatch(connection: Connection, relation: string, window: BatchWindow, startedAt: string): Promise<void> {
  const { start, end } = sqlWindow(window);
  const builtAt = startedAt.replace("T", " ").replace("Z", "");
  await connection.execute(`delete from ${table} where relation = ${quoteLiteral(relation)} and batch_start = timestamp '${start}' and batch_end = timestamp '${end}';
insert into ${table} values (${quoteLiteral(relation)}, timestamp '${start}', timestamp '${end}', timestamp '${builtAt}')`);
}

/** These batches are to be done by the next run, whether they were done before or not. */
export async function forgetWindows(connection: Connection, relation: string, windows: readonly BatchWindow[]): Promise<void> {
  for (const window of windows) {
    const { start, end } = sqlWindow(window);
    await connection.execute(
      `delete from ${table} where relation = ${quoteLiteral(relation)} and batch_start = timestamp '${start}' and batch_end = timestamp '${end}'`,
    );
  }
}

export async function forgetBatches(connection: Connection, relation: string): Promise<void> {
  await connection.execute(`delete from ${table} where relation = ${quoteLiteral(relation)}`);
}
