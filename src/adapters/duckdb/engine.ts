/**
 * DuckDB behind the Engine port: one instance a process, a connection for each running node. Opens late, waits for another
 * process to let go of the file, and never touches a file that is not a database.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DuckDBConnection, DuckDBInstance as Instance } from "@duckdb/node-api";
import { type Diagnostic, diagnose, type Outcome } from "../../core/diagnostic.ts";
import { quoteIdentifier, quoteLiteral } from "../../core/names.ts";
import type { Connection, Database, Engine, OpenOptions } from "../../ports/engine.ts";
import { createConnection } from "./connection.ts";
import { toEngineError } from "./errors.ts";
import { claimFile } from "./file-claims.ts";
import { leaveNote, readNote } from "./holder-notes.ts";
import { DuckDBInstance } from "./node-api.ts";

const retryMilliseconds = 100;

export const duckdbEngine: Engine = {
  type: "duckdb",
  capabilities: { transactionalDdl: true },
  open: openDatabase,
};

async function openDatabase(options: OpenOptions): Promise<Outcome<Database | undefined>> {
  try {
    return await openWhenFree(options);
  } catch (error) {
    if (error instanceof GaveUp) return { value: undefined, diagnostics: [] };
    throw error;
  }
}

/** Waits for other runs of this process first, and then for other processes. */
async function openWhenFree(options: OpenOptions): Promise<Outcome<Database | undefined>> {
  const { path, readOnly, command } = options;
  if (path === ":memory:") return openFile(options);
  const claimed = await waitForFile(path, options, async () => {
    const release = claimFile(path, readOnly);
    if (!release) throw new InUse();
    return { release };
  });
  if (!("release" in claimed)) return { value: undefined, diagnostics: [claimed] };
  let opened: Outcome<Database | undefined> | undefined;
  try {
    opened = await openFile(options);
  } finally {
    if (!opened?.value) claimed.release();
  }
  const { value: database, diagnostics } = opened;
  if (!database) return opened;
  const removeNote = command === undefined ? undefined : leaveNote(path, command);
  const close = (): void => {
    database.close();
    claimed.release();
    removeNote?.();
  };
  return { value: { ...database, close }, diagnostics };
}

class InUse extends Error {}

class GaveUp extends Error {}

async function openFile(options: OpenOptions): Promise<Outcome<Database | undefined>> {
  const fail = (diagnostic: Diagnostic): Outcome<undefined> => ({ value: undefined, diagnostics: [diagnostic] });
  if (options.path !== ":memory:") {
    const problem = inspectFile(options.path, options.readOnly);
    if (problem) return fail(problem);
  }
  const instance = await createInstance(options);
  if (!(instance instanceof DuckDBInstance)) return fail(instance);
  try {
    const first = await instance.connect();
    await prepare(first);
    for (const extension of options.extensions) await loadExtension(first, extension);
    for (const { path, alias, readOnly } of options.attach) {
      const sql = `attach ${quoteLiteral(path)} as ${quoteIdentifier(alias)}${readOnly ? " (read_only)" : ""}`;
      const held = await waitForFile(path, options, async () => {
        await first.run(sql);
        return undefined;
      }).catch((error: unknown) => {
        if (error instanceof GaveUp) throw error;
        throw new SettingProblem(`attach ${alias}`, toEngineError(error, sql).message);
      });
      if (held) {
        instance.closeSync();
        return fail(held);
      }
    }
    const catalog = String((await (await first.run("select current_database()")).getRowsJson())[0]?.[0]);
    first.closeSync();
    return {
      value: {
        catalog,
        connect: async (): Promise<Connection> => {
          const connection = await instance.connect();
          await prepare(connection);
          return createConnection(connection);
        },
        close: () => instance.closeSync(),
      },
      diagnostics: [],
    };
  } catch (error) {
    instance.closeSync();
    if (error instanceof SettingProblem) return fail(diagnose("RT0504", { what: error.what, problem: error.message }));
    throw error;
  }
}

class SettingProblem extends Error {
  readonly what: string;
  constructor(what: string, message: string) {
    super(message);
    this.what = what;
  }
}

/** Session settings that every connection needs; UTC so that results do not depend on the machine. */
async function prepare(connection: DuckDBConnection): Promise<void> {
  await connection.run("set errors_as_json = true; set timezone = 'UTC'");
}

async function loadExtension(connection: DuckDBConnection, name: string): Promise<void> {
  try {
    await connection.run(`load ${quoteIdentifier(name)}`);
  } catch {
    await runSetting(connection, `install ${quoteIdentifier(name)}; load ${quoteIdentifier(name)}`, `extension ${name}`);
  }
}

async function runSetting(connection: DuckDBConnection, sql: string, what: string): Promise<void> {
  try {
    await connection.run(sql);
  } catch (error) {
    throw new SettingProblem(what, toEngineError(error, sql).message);
  }
}

async function createInstance(options: OpenOptions): Promise<Instance | Diagnostic> {
  const settings: Record<string, string> = Object.fromEntries(Object.entries(options.settings).map(([name, value]) => [name, String(value)]));
  if (options.readOnly && options.path !== ":memory:") settings["access_mode"] = "READ_ONLY";
  // A database in memory would otherwise not spill to disk, but die.
  if (options.path === ":memory:") settings["temp_directory"] ??= join(tmpdir(), "retain-spill");
  try {
    return await waitForFile(options.path, options, () => DuckDBInstance.create(options.path, settings));
  } catch (error) {
    if (error instanceof GaveUp) throw error;
    return explainFailure(options.path, error instanceof Error ? error.message : String(error));
  }
}

/** Tries again while another process holds the file; gives up with a diagnostic. What else goes wrong is thrown. */
async function waitForFile<T>(path: string, options: OpenOptions, open: () => Promise<T>): Promise<T | Diagnostic> {
  const deadline = Date.now() + options.lockTimeoutSeconds * 1000;
  let hasWaited = false;
  for (;;) {
    try {
      const opened = await open();
      if (hasWaited) options.onGranted?.(path);
      return opened;
    } catch (error) {
      const holder = error instanceof InUse ? "another run of this process" : lockHolder(path, error instanceof Error ? error.message : String(error));
      if (holder === undefined) throw error;
      if (options.signal?.aborted) throw new GaveUp();
      if (Date.now() >= deadline) return diagnose("RT0501", { path, holder });
      if (!hasWaited) options.onWait?.(holder, path);
      hasWaited = true;
      await sleep(retryMilliseconds);
    }
  }
}

/** Who holds the lock, from `Conflicting lock is held in /usr/bin/node (PID 12)` and what that process noted; other systems name nobody. */
function lockHolder(path: string, message: string): string | undefined {
  const held = /Conflicting lock is held in (.+?) \(PID (\d+)\)/.exec(message);
  if (held) return readNote(path, Number(held[2])) ?? `another process (${held[1]?.split(/[\\/]/).at(-1)}, PID ${held[2]})`;
  if (!/could not set lock|being used by another process|file is already open/i.test(message)) return undefined;
  return readNote(path, undefined) ?? "another process";
}

function explainFailure(path: string, message: string): Diagnostic {
  const problem = toEngineError(message, "").message.replace(/^\w+ Error: /, "");
  if (
    /options were not recognized|failed to set config|unrecognized|invalid.*setting|unknown.*(setting|option)|parse memory|must be/i.test(message) &&
    !/not a valid|version/i.test(message)
  ) {
    return diagnose("RT0504", { what: "settings of the target", problem });
  }
  if (/not a valid DuckDB|version number|serializ|corrupt|checksum|WAL|could not read|not enough|truncated/i.test(message))
    return diagnose("RT0502", { path, problem });
  return diagnose("RT0503", { path, problem });
}

/** DuckDB would open some other files by guessing what they are; only its own format is let through. */
function inspectFile(path: string, readOnly: boolean): Diagnostic | undefined {
  const head = Buffer.alloc(12);
  try {
    const file = openSync(path, "r");
    try {
      const length = readSync(file, head, 0, 12, 0);
      if (length === 0) return undefined;
      if (length < 12 || head.toString("latin1", 8, 12) !== "DUCK") return diagnose("RT0502", { path, problem: "it does not begin as a DuckDB file does" });
      return undefined;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") return diagnose("RT0503", { path, problem: message });
    return readOnly ? diagnose("RT0505", { path }) : undefined;
  }
}
