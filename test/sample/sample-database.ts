/** A database in memory that holds the sample's world, and the few ways in which the tests look at it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { type SampleOptions, sampleStatements, sampleTables } from "../../src/sample/sample.ts";

export interface SampleDatabase extends AsyncDisposable {
  readonly connection: DuckDBConnection;
  /** The first value of a query, as a number. */
  readonly number: (sql: string) => Promise<number>;
  /** Each raw table as the text of its CSV file. */
  readonly files: () => Promise<ReadonlyMap<string, string>>;
}

/** With `until`, only the world up to that temporary table, and no raw table. */
export async function openSample(options: SampleOptions, threads = 2, until?: string): Promise<SampleDatabase> {
  const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
  const connection = await instance.connect();
  for (const statement of sampleStatements(options)) {
    await connection.run(statement);
    if (until !== undefined && statement.includes(`temp table ${until} as`)) break;
  }
  for (const table of until === undefined ? sampleTables : []) await connection.run(`create temp table ${table.name} as ${table.select}`);
  return {
    connection,
    number: async (sql) => Number((await connection.runAndReadAll(sql)).getRowsJson()[0]?.[0]),
    files: async () => writeFiles(connection),
    [Symbol.asyncDispose]: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function writeFiles(connection: DuckDBConnection): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), "retain-sample-"));
  try {
    const files = new Map<string, string>();
    for (const { name, select } of sampleTables) {
      const path = join(folder, `${name}.csv`);
      await connection.run(`copy (${select}) to '${path.replaceAll("'", "''")}' (format csv, header, delimiter ',')`);
      files.set(`${name}.csv`, readFileSync(path, "utf8").replaceAll("\r\n", "\n"));
    }
    return files;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
