/**
 * Opens the state database late and closes it early, so that several runs of one project get along. A run keeps its books in
 * plain SQL; who wants to ask more gets Kysely with it, which takes longer to load than a small build takes to be recorded.
 */
import { mkdirSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Dialect as KyselyDialect } from "kysely";
import { diagnose, type Outcome } from "../../core/diagnostic.ts";
import type { Connection, Engine, OpenOptions } from "../../ports/engine.ts";
import { createStateTables, type StateDatabase } from "./tables.ts";

/** The state as far as runs are recorded in it. */
export interface Books {
  readonly connection: Connection;
  close(): void;
}

export interface State extends Books {
  readonly db: StateDatabase;
}

export interface BooksOptions {
  readonly engine: Engine;
  /** Absolute path. */
  readonly path: string;
  readonly command?: OpenOptions["command"];
  readonly lockTimeoutSeconds: number;
  readonly onWait?: NonNullable<OpenOptions["onWait"]>;
}

export interface StateOptions extends BooksOptions {
  readonly kyselyDialect: (connection: Connection) => KyselyDialect;
}

/** What a run needs at most, with room to spare. */
const leastSpace = 2 ** 21;

export async function openState(options: StateOptions): Promise<Outcome<State | undefined>> {
  const [{ Kysely }, { value: books, diagnostics }] = await Promise.all([import("kysely"), openBooks(options)]);
  return { value: books && { ...books, db: new Kysely({ dialect: options.kyselyDialect(books.connection) }) }, diagnostics };
}

export async function openBooks(options: BooksOptions): Promise<Outcome<Books | undefined>> {
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
  const connection = await database.connect();
  await connection.execute(createStateTables);
  return {
    value: {
      connection,
      close: () => {
        connection.close();
        database.close();
      },
    },
    diagnostics: opened.diagnostics,
  };
}
