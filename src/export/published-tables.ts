/**
 * What exports did, as Parquet files that models read as a source: who is in an audience, and which arm of the experiment
 * they fell into. Files, because the state database has one writer and a build must not wait for it, and beside that
 * database, because deleting the warehouse loses nothing. People stand there by their hashed key and nothing else.
 */
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { quoteLiteral } from "../core/names.ts";
import type { Connection } from "../ports/engine.ts";
import type { AudienceScope } from "./audience-scope.ts";

interface PublishedTable {
  readonly name: string;
  /** Columns and types, for the file that stands there while nobody was exported. */
  readonly columns: readonly string[];
  readonly sql: (where: string) => string;
}

const members: PublishedTable = {
  name: "export_members",
  columns: ["target varchar", "export_name varchar", "audience varchar", "member_key varchar", "first_sent_at timestamp", "sent_at timestamp"],
  sql: (where) => `select
  target, export_name, audience, member_key,
  cast(min(first_sent_at) as timestamp) as first_sent_at,
  cast(max(sent_at) as timestamp) as sent_at
from export_members
where ${where}
group by target, export_name, audience, member_key`,
};

const assignments: PublishedTable = {
  name: "export_assignments",
  columns: ["target varchar", "export_name varchar", "member_key varchar", "arm varchar", "planned_treatment_share double", "assigned_at timestamp"],
  sql: (where) => `select target, export_name, member_key, arm, planned_treatment_share, cast(assigned_at as timestamp) as assigned_at
from export_assignments
where ${where}`,
};

const tables: readonly PublishedTable[] = [members, assignments];

/** The folder that the sources' locations name: `exports` beside the state database. */
export function publishedFolder(config: Config): string {
  const { path } = config.project.state;
  return join(dirname(isAbsolute(path) ? path : resolve(config.projectDir, path)), "exports");
}

/** Writes the files of one export anew. */
export async function publishExport(state: Connection, folder: string, { target, exportName }: Pick<AudienceScope, "target" | "exportName">): Promise<void> {
  const where = `target = ${quoteLiteral(target)} and export_name = ${quoteLiteral(exportName)}`;
  for (const table of tables) await writeTable(state, join(folder, table.name, fileOf(target, exportName)), table.sql(where));
  // From here on there is something to read, and the file of nobody has done its work.
  for (const table of tables) await rm(join(folder, table.name, nobody), { force: true });
}

/** Whether people of this export were published, which the state database would know if it were whole. */
export async function wasPublished(folder: string, { target, exportName }: AudienceScope): Promise<boolean> {
  const files = await filesIn(join(folder, members.name));
  return files.includes(fileOf(target, exportName));
}

/** Makes the sources readable before the first export: a file of nobody, where there is none. */
export async function ensurePublished(connection: Connection, folder: string): Promise<void> {
  for (const table of tables) {
    const files = await filesIn(join(folder, table.name));
    if (files.some((file) => file.endsWith(".parquet"))) continue;
    const columns = table.columns.map((column) => column.split(" ")).map(([name, type]) => `cast(null as ${type}) as ${name}`);
    await writeTable(connection, join(folder, table.name, nobody), `select ${columns.join(", ")} where false`);
  }
}

const nobody = "nobody.parquet";

function fileOf(target: string, exportName: string): string {
  return `${encodeURIComponent(target)}.${encodeURIComponent(exportName)}.parquet`;
}

function filesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

/** Whole or not at all: whoever reads meanwhile reads the old one. */
async function writeTable(connection: Connection, path: string, sql: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  await connection.saveRows(sql, partial, "parquet");
  await rename(partial, path);
}
