/** What stands in a database at this moment, by `placeKey`. */
import { quoteLiteral } from "../core/names.ts";
import { placeKey } from "../plan/defer.ts";
import type { Connection, ResultColumn } from "../ports/engine.ts";

export async function readStanding(connection: Connection, catalog: string): Promise<ReadonlyMap<string, "view" | "table">> {
  const { rows } = await connection.query(
    `select table_schema, table_name, table_type from information_schema.tables where table_catalog = ${quoteLiteral(catalog)} and table_schema <> 'information_schema'`,
  );
  return new Map(
    rows.map((row) => [placeKey({ schema: String(row["table_schema"]), name: String(row["table_name"]) }), row["table_type"] === "VIEW" ? "view" : "table"]),
  );
}

export interface StandingRelation {
  readonly schema: string;
  readonly name: string;
  readonly type: "view" | "table";
  readonly columns: readonly ResultColumn[];
}

/** The same with columns and their types. */
export async function readStandingColumns(connection: Connection, catalog: string): Promise<ReadonlyMap<string, StandingRelation>> {
  const types = await readStanding(connection, catalog);
  const { rows } = await connection.query(
    `select table_schema, table_name, column_name, data_type from information_schema.columns where table_catalog = ${quoteLiteral(catalog)} order by table_schema, table_name, ordinal_position`,
  );
  const found = new Map<string, { schema: string; name: string; type: "view" | "table"; columns: ResultColumn[] }>();
  for (const row of rows) {
    const place = { schema: String(row["table_schema"]), name: String(row["table_name"]) };
    const key = placeKey(place);
    const type = types.get(key);
    if (!type) continue;
    const relation = found.get(key) ?? { ...place, type, columns: [] };
    found.set(key, relation);
    relation.columns.push({ name: String(row["column_name"]), type: String(row["data_type"]) });
  }
  return found;
}
