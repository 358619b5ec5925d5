/** Which version of its files an external model has published, written in the transaction that publishes it. */
import { quoteIdentifier, quoteLiteral } from "../../core/names.ts";
import { memorySchema } from "../../plan/plan.ts";
import type { Connection } from "../../ports/engine.ts";

export const fileMemory = "files";
const table = `${quoteIdentifier(memorySchema)}.${quoteIdentifier(fileMemory)}`;

export const createFileMemory = `create table if not exists ${table} (relation varchar, version varchar, form varchar)`;

export interface PublishedFiles {
  /** Absolute path. */
  readonly version: string;
  /** How they were written: partitions of two forms cannot stand side by side. */
  readonly form: string;
}

export async function readPublishedFiles(connection: Connection, relation: string): Promise<PublishedFiles | undefined> {
  const { rows } = await connection.query(`select version, form from ${table} where relation = ${quoteLiteral(relation)}`);
  const [row] = rows;
  return row && { version: String(row["version"]), form: String(row["form"]) };
}

export async function rememberFiles(connection: Connection, relation: string, { version, form }: PublishedFiles): Promise<void> {
  await connection.execute(`delete from ${table} where relation = ${quoteLiteral(relation)};
insert into ${table} values (${quoteLiteral(relation)}, ${quoteLiteral(version)}, ${quoteLiteral(form)})`);
}
