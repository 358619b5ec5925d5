/** A copy of the shipped project in a temporary folder, built by the runner, and a look into its warehouse. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface ShippedProject extends Disposable {
  readonly folder: string;
  readonly build: (...parameters: readonly string[]) => Promise<number>;
  /** Any other command, and its exit code. */
  readonly run: (...parameters: readonly string[]) => number;
  /** Rows of a query on the built warehouse, as JSON values. */
  readonly rows: (sql: string) => Promise<readonly (readonly unknown[])[]>;
}

export function copyProject(options: { readonly headerOnly?: boolean } = {}): ShippedProject {
  const folder = mkdtempSync(join(tmpdir(), "retain-project-"));
  for (const part of ["retain.yml", "models", "macros", "seeds", "exports", "test/data"]) cpSync(join(root, part), join(folder, part), { recursive: true });
  if (options.headerOnly) emptySeeds(join(folder, "seeds"));
  const run = (...parameters: readonly string[]) => spawnSync(process.execPath, [program, ...parameters, "--project-dir", folder, "--quiet"]).status ?? -1;
  return {
    folder,
    // The built program: models in JavaScript run in a worker, which has to be JavaScript itself.
    build: async (...parameters) => run("build", ...parameters),
    run,
    rows: async (sql) => {
      const instance = await DuckDBInstance.create(join(folder, "warehouse.duckdb"), { access_mode: "READ_ONLY" });
      const connection = await instance.connect();
      try {
        return (await connection.runAndReadAll(sql)).getRowsJson();
      } finally {
        connection.closeSync();
        instance.closeSync();
      }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const program = join(import.meta.dirname, "../../dist/cli/main.js");

function emptySeeds(folder: string): void {
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".csv"))) {
    const [header] = readFileSync(join(folder, name), "utf8").split("\n");
    writeFileSync(join(folder, name), `${header}\n`);
  }
}
