/**
 * The form of a cache file: a head of a few values that is read at once, and a body of lines that is read when it is needed.
 * Written whole or not at all; a file that is damaged, cut off or of another form is as good as none. Trusts no file name
 * and no time.
 */
import { hash, randomBytes } from "node:crypto";
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";

interface Preamble {
  readonly bodyStart: number;
  readonly bodyLength: number;
  readonly bodyCheck: number;
  readonly headLength: number;
  readonly headCheck: string;
}

/** Below the project's folder. */
export const cacheFolder = ".retain/cache";

/** Room for the preamble, which is written last. */
const preambleLength = 256;
const mark = "retain-cache";

export interface CacheFile {
  readonly head: unknown;
  /** The lines of the body. */
  readonly lines: () => readonly string[];
}

/** What the file holds, or `undefined` if there is none that can be trusted. */
export function readCacheFile(path: string): CacheFile | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const preamble = readPreamble(readBytes(file, 0, preambleLength));
    if (!preamble) return undefined;
    const { bodyStart, bodyLength, bodyCheck, headLength, headCheck } = preamble;
    if (fstatSync(file).size !== bodyStart + bodyLength + headLength) return undefined;
    const head = readBytes(file, bodyStart + bodyLength, headLength);
    const body = readBytes(file, bodyStart, bodyLength);
    if (hash("sha256", head, "hex") !== headCheck || crc32(body) !== bodyCheck) return undefined;
    return { head: JSON.parse(head.toString("utf8")), lines: () => splitLines(body) };
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

function readPreamble(bytes: Buffer): Preamble | undefined {
  const text = bytes.toString("latin1");
  return text.startsWith(`${mark} {`) ? (JSON.parse(text.slice(mark.length)) as Preamble) : undefined;
}

function readBytes(file: number, start: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const read = readSync(file, bytes, done, length - done, start + done);
    if (read === 0) throw new Error("the file is cut off");
    done += read;
  }
  return bytes;
}

/** Line by line, so that letters of other scripts make only their own line slow. */
function splitLines(body: Buffer): readonly string[] {
  const lines: string[] = [];
  for (let start = 0; start < body.length; ) {
    const end = body.indexOf(10, start);
    lines.push(body.toString("utf8", start, end));
    start = end + 1;
  }
  return lines;
}

/** Whether it could be written; what keeps it from being written keeps nobody from working. `head` is asked for after the last line. */
export function writeCacheFile(path: string, lines: Iterable<string>, head: () => unknown): boolean {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(temporary, "wx");
    try {
      let at = preambleLength;
      let bodyCheck = 0;
      for (const line of lines) {
        const bytes = Buffer.from(`${line}\n`);
        bodyCheck = crc32(bytes, bodyCheck);
        writeBytes(file, bytes, at);
        at += bytes.length;
      }
      const headBytes = Buffer.from(JSON.stringify(head()));
      writeBytes(file, headBytes, at);
      const preamble: Preamble = {
        bodyStart: preambleLength,
        bodyLength: at - preambleLength,
        bodyCheck,
        headLength: headBytes.length,
        headCheck: hash("sha256", headBytes, "hex"),
      };
      writeBytes(file, Buffer.from(`${mark} ${JSON.stringify(preamble)}`.padEnd(preambleLength)), 0);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    return true;
  } catch {
    discard(temporary);
    return false;
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Then it was never there.
  }
}

function writeBytes(file: number, bytes: Buffer, at: number): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done, at + done);
}

/** Removes all but the newest files of a folder, and what writers left behind that were killed an hour ago or more. */
export function tidyCache(folder: string, most: number): void {
  try {
    const files = readdirSync(folder).map((name) => ({ path: join(folder, name), time: statSync(join(folder, name)).mtimeMs }));
    const isLeftover = ({ path, time }: { readonly path: string; readonly time: number }) => path.endsWith(".tmp") && time < Date.now() - 3_600_000;
    const kept = files.filter(({ path }) => path.endsWith(".cache")).toSorted((a, b) => b.time - a.time);
    for (const { path } of [...files.filter(isLeftover), ...kept.slice(most)]) rmSync(path, { force: true });
  } catch {
    // Another process tidies as well.
  }
}
