/**
 * Tells other processes who has a file open: DuckDB names at most a program and a process number, and on some systems nobody.
 * Notes lie in the folder for temporary files, never beside the user's data. They only explain; they lock nothing, and one
 * that cannot be written or read is done without.
 */
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nameOf } from "./file-claims.ts";

/** Notes the command that has the file open, until the returned function is called. */
export function leaveNote(path: string, command: string): () => void {
  const file = join(tmpdir(), `${prefixOf(path)}${process.pid}-${randomUUID().slice(0, 8)}`);
  try {
    writeFileSync(file, JSON.stringify({ command, since: Date.now() }), { flag: "wx" });
  } catch {
    return () => undefined;
  }
  return () => rmSync(file, { force: true });
}

/** `retain build (PID 12, since 14:03:22)`; of the given process, or of any other that lives. Notes of the dead are removed. */
export function readNote(path: string, pid: number | undefined, now = new Date()): string | undefined {
  const prefix = prefixOf(path);
  try {
    for (const name of readdirSync(tmpdir())) {
      if (!name.startsWith(prefix)) continue;
      const writer = Number(name.slice(prefix.length).split("-")[0]);
      const file = join(tmpdir(), name);
      if (!isAlive(writer)) rmSync(file, { force: true });
      else if (pid === undefined ? writer !== process.pid : writer === pid) {
        const { command, since } = JSON.parse(readFileSync(file, "utf8")) as { readonly command: string; readonly since: number };
        return `${command} (PID ${writer}, since ${describeTime(new Date(since), now)})`;
      }
    }
  } catch {
    // Then the database's own words must do.
  }
  return undefined;
}

function prefixOf(path: string): string {
  return `retain-${createHash("sha256").update(nameOf(path)).digest("hex").slice(0, 16)}-`;
}

/** A process of somebody else may not be signalled, and lives. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The time of day where people are, with the day when it is another one. */
function describeTime(time: Date, now: Date): string {
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = (date: Date): string => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  return day(time) === day(now) ? clock : `${day(time)} ${clock}`;
}
