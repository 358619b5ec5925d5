/** What stands in a database at this moment, by `placeKey`. */
import { quoteLiteral } from "../core/names.ts";
import { placeKey } from "../plan/defer.ts";
import type { Connection } from "../ports/engine.ts";

export async function readStanding(connection: Connection, catalog: string): Promise<ReadonlyMap<string, "view" | "table">> {
  const { rows } = await connection.query(
    `select table_schema, table_name, table_type from information_schema.tables where table_catalog = ${quoteLiteral(catalog)} and table_schema <> 'information_schema'`,
  );
  return new Map(
    rows.map((row) => [placeKey({ schema: String(row["table_schema"]), name: String(row["table_name"]) }), row["table_type"] === "VIEW" ? "view" : "table"]),
  );
}
