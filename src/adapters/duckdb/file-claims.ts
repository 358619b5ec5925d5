/**
 * Keeps two runs of one process from opening the same file where one of them writes: the operating system's lock keeps out
 * other processes only, and would be lost when either run closes the file. What is open in a process is the process's own
 * state, so it is the one thing that lives in a module.
 */
import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** How many readers a file has; -1 for one writer. */
const claims = new Map<string, number>();

/** Gives the file to the caller until it is released, or `undefined` while somebody else in this process has it. */
export function claimFile(path: string, readOnly: boolean): (() => void) | undefined {
  const file = nameOf(path);
  const users = claims.get(file) ?? 0;
  if (users < 0 || (users > 0 && !readOnly)) return undefined;
  claims.set(file, readOnly ? users + 1 : -1);
  let isReleased = false;
  return () => {
    if (isReleased) return;
    isReleased = true;
    const left = readOnly ? (claims.get(file) ?? 1) - 1 : 0;
    if (left > 0) claims.set(file, left);
    else claims.delete(file);
  };
}

/** One name for a file, through links, also before it is there. */
export function nameOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    try {
      return join(realpathSync(dirname(path)), basename(path));
    } catch {
      return path;
    }
  }
}
