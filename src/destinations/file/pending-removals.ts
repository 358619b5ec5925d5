/**
 * Removals that may not have been uploaded yet. Nobody tells retain when a file was uploaded, and a removal that is
 * overwritten is lost for good, so new ones are put behind those of an earlier file until somebody takes that file away.
 * Finds and reads such files; writes nothing.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DeliveredFile } from "../../ports/destination.ts";
import type { NextFile } from "./split-files.ts";
import type { UploadText } from "./upload-format.ts";
import { uploadName } from "./upload-names.ts";

interface Place {
  readonly directory: string;
  readonly exportName: string;
  readonly extension: string;
}

/** The next name after `after` that is free or holds a file that begins like ours: one with other columns is left as it is. */
export async function nextRemovals({ directory, exportName, extension }: Place, textOf: (number: number) => UploadText, after: number): Promise<NextFile> {
  for (let number = after + 1; ; number++) {
    const path = join(directory, uploadName("removals", exportName, extension, number));
    const text = textOf(number);
    const start = await readStart(path, Buffer.byteLength(text.header));
    if (start === undefined) return { path, number, text };
    if (start !== text.header) continue;
    const { size } = await stat(path);
    const { rows } = await summarise(path, linesOf(text.header));
    return { path, number, text, earlier: { rows, bytes: size, content: wholeLines(path) } };
  }
}

/** What a file of earlier removals is, for the manifest. `headerLines` stand before its people. */
export async function describeRemovals(path: string, headerLines: number): Promise<DeliveredFile> {
  return { path, operation: "remove", ...(await summarise(path, headerLines)) };
}

export function linesOf(header: string): number {
  return header.split("\n").length - 1;
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

async function summarise(path: string, headerLines: number): Promise<Pick<DeliveredFile, "rows" | "bytes" | "sha256">> {
  const digest = createHash("sha256");
  let quoted = false;
  let records = 0;
  let bytes = 0;
  let last = lineFeed;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    digest.update(chunk);
    bytes += chunk.byteLength;
    for (const byte of chunk) {
      if (byte === quote) quoted = !quoted;
      else if (byte === lineFeed && !quoted) records++;
      last = byte;
    }
  }
  if (last !== lineFeed) records++;
  return { rows: Math.max(records - headerLines, 0), bytes, sha256: digest.digest("hex") };
}

/** The bytes of a file, with a line end at the last. */
async function* wholeLines(path: string): AsyncGenerator<Uint8Array> {
  let last = lineFeed;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    last = chunk.at(-1) ?? last;
    yield chunk;
  }
  if (last !== lineFeed) yield Buffer.of(lineFeed);
}
