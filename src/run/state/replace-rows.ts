/** Replaces what the state holds of many nodes in a target, within its caller's transaction: one statement and one load, however many. */
import type { Connection } from "../../ports/engine.ts";
import { type StateTables, stateColumns } from "./tables.ts";

type NodeTable = keyof typeof stateColumns;

/** Rows of `ids` go, and `rows` come in their place. */
export async function replaceRows<Table extends NodeTable>(
  connection: Connection,
  table: Table,
  { target, ids, rows }: { readonly target: string; readonly ids: readonly string[]; readonly rows: readonly StateTables[Table][] },
): Promise<void> {
  if (ids.length > 0) {
    await connection.query(`delete from ${table} where target = $1 and unique_id in (select unnest(from_json($2::varchar, '["varchar"]')))`, [
      target,
      JSON.stringify(ids),
    ]);
  }
  if (rows.length === 0) return;
  const appender = await connection.append({ schema: "main", name: table });
  try {
    const columns: readonly (string & keyof StateTables[Table])[] = stateColumns[table] as never;
    await appender.append(
      columns.map((column) => rows.map((row) => row[column])),
      rows.length,
    );
    await appender.close();
  } catch (error) {
    await appender.discard();
    throw error;
  }
}
