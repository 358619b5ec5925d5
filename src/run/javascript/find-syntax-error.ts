/**
 * Looks for the place of a syntax error in a module and in those that it imports by path: what a failed import throws does
 * not name it. Asks Node itself to check each file without running it, and only after a failure.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

export interface SyntaxPlace {
  readonly path: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

const relativeImport = /\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

/** `path` is absolute. */
export async function findSyntaxError(path: string, seen = new Set<string>()): Promise<SyntaxPlace | undefined> {
  if (seen.has(path)) return undefined;
  seen.add(path);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  const place = await checkFile(path);
  if (place) return place;
  for (const [, specifier = ""] of text.matchAll(relativeImport)) {
    const found = await findSyntaxError(resolve(dirname(path), specifier), seen);
    if (found) return found;
  }
  return undefined;
}

/** Node says `PATH:LINE`, the line and a line of carets. */
function checkFile(path: string): Promise<SyntaxPlace | undefined> {
  return new Promise((done) => {
    execFile(process.execPath, ["--check", path], (error, _, stderr) => {
      const [head = "", , carets = ""] = stderr.split(/\r?\n/);
      const line = /:(\d+)$/.exec(head)?.[1];
      done(error && line !== undefined ? { path, line: Number(line), column: carets.indexOf("^") + 1 } : undefined);
    });
  });
}
