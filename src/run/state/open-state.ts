/** Opens the state database late and closes it early, so that several runs of one project get along. */
import { mkdirSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Dialect as KyselyDialect } from "kysely";
import { diagnose, type Outcome } from "../../core/diagnostic.ts";
import type { Connection, Engine, OpenOptions } from "../../ports/engine.ts";
import type { StateDatabase } from "./tables.ts";

export interface State {
  readonly db: StateDatabase;
  /** For what Kysely does not do: streams. */
  readonly connection: Connection;
  close(): void;
}

export interface StateOptions {
  readonly engine: Engine;
  readonly kyselyDialect: (connection: Connection) => KyselyDialect;
  /** Absolute path. */
  readonly path: string;
  readonly command?: OpenOptions["command"];
  readonly lockTimeoutSeconds: number;
  readonly onWait?: NonNullable<OpenOptions["onWait"]>;
}

/** What a run needs at most, with room to spare. */
const leastSpace = 2 ** 21;

export async function openState(options: StateOptions): Promise<Outcome<State | undefined>> {
  try {
    mkdirSync(dirname(options.path), { recursive: true });
    // The database ends the whole process when the disk fills up while it writes, so a full one is not written to at all.
    const { bavail, bsize } = statfsSync(dirname(options.path));
    if (bavail * bsize < leastSpace) return { value: undefined, diagnostics: [diagnose("RT0410", { problem: `no space is left for ${options.path}` })] };
  } catch (error) {
    return {
      value: undefined,
      diagnostics: [
        diagnose("RT0503", {
          path: options.path,
          problem: (error as Error).message,
        }),
      ],
    };
  }
  const opened = await options.engine.open({
    path: options.path,
    readOnly: false,
    settings: {},
    extensions: [],
    attach: [],
    command: options.command,
    lockTimeoutSeconds: options.lockTimeoutSeconds,
    ...(options.onWait && { onWait: options.onWait }),
  });
  const database = opened.value;
  if (!database) return { value: undefined, diagnostics: opened.diagnostics };
  const [{ Kysely }, { createStateTables }, connection] = await Promise.all([import("kysely"), import("./tables.ts"), database.connect()]);
  const db: StateDatabase = new Kysely({
    dialect: options.kyselyDialect(connection),
  });
  await createStateTables(db);
  return {
    value: {
      db,
      connection,
      close: () => {
        connection.close();
        database.close();
      },
    },
    diagnostics: opened.diagnostics,
  };
}
