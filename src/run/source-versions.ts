/**
 * A version of the data of each source, so that what reads it need not be built again while it stays the same. Files are
 * told apart by their bytes while they are small and by size and time while they are not; tables by their number of rows
 * and the newest value of `loaded_at_field`. Reads no more than that, and says nothing where it cannot tell.
 */
import { hash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Relation } from "../compile/values.ts";
import type { SourceTable } from "../parse/resource.ts";
import type { Dialect } from "../ports/dialect.ts";
import type { AttachedDatabase, Connection } from "../ports/engine.ts";
import { EngineError } from "../ports/engine.ts";

export interface SourceContext {
  readonly connection: Connection;
  readonly dialect: Dialect;
  readonly projectDir: string;
  readonly relation: (source: SourceTable) => Relation;
  readonly attached: readonly AttachedDatabase[];
}

/** Sources whose version cannot be told are left out. */
export async function readSourceVersions(sources: readonly SourceTable[], context: SourceContext): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  for (const source of sources) {
    try {
      const version = source.location === undefined ? await tableVersion(source, context) : await fileVersion(source.location, context);
      if (version !== undefined) versions.set(source.uniqueId, hash("sha256", version, "hex").slice(0, 16));
    } catch (error) {
      // A table that is not there, a file that cannot be read: the build will say so where it matters.
      if (!(error instanceof EngineError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
  return versions;
}

/** Up to here the bytes of all files of a source are read, in bytes: a file that was only copied or touched is the same. */
const smallEnough = 32 * 1024 * 1024;

async function fileVersion(location: string, { connection, dialect, projectDir }: SourceContext): Promise<string | undefined> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(location)) {
    const { rows } = await connection.query(dialect.describeFiles(location));
    return rows.length === 0 ? undefined : JSON.stringify(rows);
  }
  const found = await connection.query(dialect.findFiles(resolve(projectDir, location).replaceAll("\\", "/")));
  return stampFiles(found.rows.map((row) => String(row["file"])));
}

function stampFiles(paths: readonly string[]): string | undefined {
  if (paths.length === 0) return undefined;
  const stats = paths.toSorted().map((file) => ({ file, ...statOf(file) }));
  const isSmall = stats.reduce((sum, { size }) => sum + size, 0) <= smallEnough;
  return JSON.stringify(stats.map(({ file, size, time }) => [file, size, isSmall ? hash("sha256", readFileSync(file), "hex") : time]));
}

function statOf(file: string): { readonly size: number; readonly time: number } {
  const { size, mtimeMs } = statSync(file);
  return { size, time: mtimeMs };
}

/** Where nothing tells when rows were loaded, a database file that was written to counts as changed, whatever changed in it. */
async function tableVersion(source: SourceTable, { connection, relation, attached }: SourceContext): Promise<string> {
  const { loadedAtField, database } = source;
  const newest = loadedAtField === undefined ? "null" : `cast(max(${loadedAtField}) as varchar)`;
  const { rows } = await connection.query(`select count(*) as rows, ${newest} as newest from ${relation(source).sql}`);
  const file = attached.find(({ alias }) => alias === database)?.path;
  const isLocal = loadedAtField === undefined && file !== undefined && !/^\w{2,}:/.test(file);
  return JSON.stringify([rows[0], isLocal ? stampFiles([file, ...(existsSync(`${file}.wal`) ? [`${file}.wal`] : [])]) : undefined]);
}
