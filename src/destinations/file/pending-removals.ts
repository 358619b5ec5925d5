/**
 * Removals that may not have been uploaded yet. Nobody tells retain when a file was uploaded, and a removal that is
 * overwritten is lost for good, so new ones are put behind those of an earlier file until somebody takes that file away.
 * Finds and reads such a file; writes nothing.
 */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";

interface PendingRemovals {
  /** Where the removals belong: the first name that is free or holds a file with the same header. */
  readonly path: string;
  /** True when a file stands there already. */
  readonly exists: boolean;
}

/** Looks at `<name>.remove.csv`, then `<name>.remove.2.csv` and so on: a file with other columns is left as it is. */
export async function findPendingRemovals(directory: string, name: string, extension: string, header: string): Promise<PendingRemovals> {
  for (let number = 1; ; number++) {
    const path = join(directory, `${name}.remove${number === 1 ? "" : `.${number}`}.${extension}`);
    const start = await readStart(path, Buffer.byteLength(header));
    if (start === undefined || start === header) return { path, exists: start !== undefined };
  }
}

async function readStart(path: string, length: number): Promise<string | undefined> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

const quote = 0x22;
const lineFeed = 0x0a;

/** The bytes of an earlier file with a line end at the last; `onRow` is told of each of its records but the header. */
export async function* readRemovals(path: string, onRow: () => void): AsyncGenerator<Uint8Array> {
  let quoted = false;
  let inHeader = true;
  let last = lineFeed;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      if (byte === quote) quoted = !quoted;
      else if (byte === lineFeed && !quoted) {
        if (!inHeader) onRow();
        inHeader = false;
      }
      last = byte;
    }
    yield chunk;
  }
  if (last === lineFeed) return;
  onRow();
  yield Buffer.of(lineFeed);
}
