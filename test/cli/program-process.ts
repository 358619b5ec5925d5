/**
 * Runs the built program as a real process in temporary folders, looks into warehouses, and hashes folders. Processes that
 * are still there when a test is done are ended; the folders are removed when the test file is done.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, afterEach } from "vitest";

export const repository = fileURLToPath(new URL("../../", import.meta.url));
export const mainFile = join(repository, "dist", "cli", "main.js");
if (!existsSync(mainFile)) throw new Error("dist/cli/main.js is missing: these tests run the built program, so run `npm run build` first");

export interface Ended {
  /** `null` when a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Until one of the streams holds what is waited for; an error if the process ends without it. */
  readonly until: (wanted: RegExp | string) => Promise<void>;
  /** Sends the signal and waits for the end. */
  readonly kill: (signal: NodeJS.Signals) => Promise<Ended>;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const folders: string[] = [];
const children = new Set<ChildProcess>();
/** A process that a failed test leaves behind would slow down all that come after it. */
async function endProcesses(): Promise<void> {
  await Promise.all(
    [...children].map((child) => {
      const gone = new Promise((done) => child.once("close", done));
      child.kill("SIGKILL");
      return gone;
    }),
  );
}
afterEach(endProcesses);
afterAll(async () => {
  await endProcesses();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "retain-cli-"));
  folders.push(folder);
  return folder;
}

/** What a program needs from its surroundings, and nothing that would change what retain does or how it looks. */
export function plainEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "SystemRoot", "ComSpec", "APPDATA", "LOCALAPPDATA", "LANG"];
  return { ...Object.fromEntries(kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))), ...more };
}

/** Starts any command without a shell. */
export function startProcess(command: string, parameters: readonly string[], { cwd, env }: StartOptions): Running {
  const child = spawn(command, parameters, { cwd, env: plainEnvironment(env), stdio: ["pipe", "pipe", "pipe"] });
  children.add(child);
  let stdout = "";
  let stderr = "";
  const waiting = new Set<() => void>();
  const hear = (): void => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    hear();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    hear();
  });
  const ended = new Promise<Ended>((done, fail) => {
    child.on("error", fail);
    child.on("close", (code, signal) => {
      children.delete(child);
      done({ code, signal, stdout, stderr });
    });
  });
  return {
    child,
    ended,
    until: (wanted) =>
      new Promise((done, fail) => {
        const look = (): void => {
          if (![stdout, stderr].some((text) => (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text)))) return;
          waiting.delete(look);
          done();
        };
        waiting.add(look);
        look();
        ended.then(() => fail(new Error(`the process ended without saying ${wanted}:\n${stdout}\n${stderr}`)), fail);
      }),
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

export function startRetain(parameters: readonly string[], options: StartOptions): Running {
  return startProcess(process.execPath, [mainFile, ...parameters], options);
}

/** Runs retain to its end with a standard input that is empty. */
export function retain(cwd: string, parameters: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended> {
  const running = startRetain(parameters, { cwd, ...(env && { env }) });
  running.child.stdin?.end();
  return running.ended;
}

/** The same, and an error with all that was said unless it ends with 0. */
export async function retainOk(cwd: string, parameters: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended> {
  const ended = await retain(cwd, parameters, env);
  if (ended.code !== 0) throw new Error(`retain ${parameters.join(" ")} ended with ${ended.code ?? ended.signal}:\n${ended.stdout}\n${ended.stderr}`);
  return ended;
}

/** Text or bytes by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface Project {
  readonly directory: string;
  readonly warehouse: string;
  readonly path: (...parts: readonly string[]) => string;
  readonly read: (path: string) => string;
  readonly write: (files: Files) => void;
  /** Replaces a text that has to be there. */
  readonly edit: (path: string, from: string, to: string) => void;
  readonly remove: (path: string) => void;
  readonly run: (...parameters: readonly string[]) => Promise<Ended>;
  readonly start: (...parameters: readonly string[]) => Running;
  readonly rows: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Another project with the same files, warehouse and state. */
  readonly copy: () => Project;
}

export function projectIn(directory: string): Project {
  const path = (...parts: readonly string[]): string => join(directory, ...parts);
  const write = (files: Files): void => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content);
    }
  };
  const read = (name: string): string => readFileSync(path(name), "utf8");
  return {
    directory,
    warehouse: path("warehouse.duckdb"),
    path,
    read,
    write,
    edit: (name, from, to) => {
      if (!read(name).includes(from)) throw new Error(`"${from}" is not in ${name}`);
      write({ [name]: read(name).replace(from, () => to) });
    },
    remove: (name) => rmSync(path(name), { recursive: true }),
    run: (...parameters) => retain(directory, parameters),
    start: (...parameters) => startRetain(parameters, { cwd: directory }),
    rows: (sql) => queryFile(path("warehouse.duckdb"), sql),
    copy: () => {
      const folder = temporaryFolder();
      cpSync(directory, folder, { recursive: true });
      return projectIn(folder);
    },
  };
}

/** What `retain init --minimal` writes: the seed raw_orders and the model customers, with six tests. */
export async function minimalProject(): Promise<Project> {
  const folder = temporaryFolder();
  await retainOk(folder, ["init", "--minimal"]);
  return projectIn(folder);
}

/** Opens the file itself, read-only, without retain. */
export async function queryFile(file: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  try {
    const connection = await instance.connect();
    const rows = await (await connection.run(sql)).getRowObjectsJson();
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
  }
}

/** Every relation of the warehouse. */
export async function relationsIn(project: Project): Promise<readonly string[]> {
  const rows = await project.rows("select table_name from information_schema.tables order by 1");
  return rows.map((row) => String(row["table_name"]));
}

export function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** Hash by path of all files below a folder, without what is kept of the last run to make the next one fast. */
export function hashTree(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).filter((file) => !file.includes(join(".retain", "cache")));
  return Object.fromEntries(paths.map((file) => [file.slice(folder.length + 1), hashOf(file)]));
}

/** Places in the folder of a test, and other things that differ from run to run, by a name. */
export function withoutFolder(text: string, directory: string): string {
  return text.replaceAll(directory, "<project>").replaceAll("\\", "/");
}

/** Holds a database file open for writing, in a process that is not retain, until `release`. */
export async function holdFile(file: string): Promise<{ readonly pid: number; readonly release: () => Promise<void> }> {
  const script = `
    import { DuckDBInstance } from "@duckdb/node-api";
    const instance = await DuckDBInstance.create(${JSON.stringify(file)});
    process.stdout.write("holding");
    process.stdin.resume().on("end", () => instance.closeSync());
  `;
  const holder = startProcess(process.execPath, ["--input-type=module", "--eval", script], { cwd: repository });
  await holder.until("holding");
  return {
    pid: holder.child.pid ?? 0,
    release: async () => {
      holder.child.stdin?.end();
      await holder.ended;
    },
  };
}
