/**
 * Gives the manifest on disk the head of another run, when all the rest of it still holds: that is copied, not made again.
 * Whoever asks has to know that it holds; here is only made sure that the file is the one that was meant.
 */
import { randomBytes } from "node:crypto";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { jsonPieces } from "./json-pieces.ts";
import { type ArtifactInvocation, inUtc } from "./metadata.ts";
import { discard, moveOver } from "./write-artifact.ts";

/** A manifest that stands on disk. */
export interface KeptManifest {
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Where the head ends, in bytes. */
  readonly bodyStart: number;
  readonly bodyLength: number;
  /** CRC-32 of the body: it tells another file, nothing more. */
  readonly bodyCheck: number;
}

const fileName = "manifest.json";
/** What follows the head, as `jsonPieces` writes it; texts within the head have no line breaks. */
const bodyBegins = ',\n"nodes":{';
const blockLength = 1 << 20;

/** The manifest of this invocation in a directory; `undefined` if another one stands there. */
export function readKeptManifest(directory: string, invocationId: string): KeptManifest | undefined {
  try {
    return readBlocks(join(directory, fileName), (first, rest) => {
      const bodyStart = first.indexOf(bodyBegins);
      if (bodyStart < 0) return undefined;
      const head = JSON.parse(`${first.toString("utf8", 0, bodyStart)}}`) as { readonly metadata: Readonly<Record<string, unknown>> };
      if (head.metadata["invocation_id"] !== invocationId) return undefined;
      let bodyCheck = crc32(first.subarray(bodyStart));
      let bodyLength = first.length - bodyStart;
      for (const block of rest) {
        bodyCheck = crc32(block, bodyCheck);
        bodyLength += block.length;
      }
      return { metadata: head.metadata, bodyStart, bodyLength, bodyCheck };
    });
  } catch {
    return undefined;
  }
}

/** Whether the manifest was there and could be written with this head. Its reader sees the one or the other, never half a file. */
export function renewManifest(directory: string, kept: KeptManifest, invocation: ArtifactInvocation): boolean {
  const path = join(directory, fileName);
  const temporary = join(directory, `.${fileName}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
  try {
    const isWritten = readBlocks(path, (first, rest) => {
      const bodyStart = first.indexOf(bodyBegins);
      if (bodyStart < 0) return false;
      const file = openSync(temporary, "wx");
      try {
        writeWhole(file, Buffer.from(headOf(kept.metadata, invocation)));
        let check = 0;
        let length = 0;
        const take = (block: Buffer): void => {
          check = crc32(block, check);
          length += block.length;
          writeWhole(file, block);
        };
        take(first.subarray(bodyStart));
        for (const block of rest) take(block);
        return length === kept.bodyLength && check === kept.bodyCheck;
      } finally {
        closeSync(file);
      }
    });
    if (isWritten) moveOver(temporary, path);
    else discard(temporary);
    return isWritten;
  } catch {
    discard(temporary);
    return false;
  }
}

function headOf(metadata: Readonly<Record<string, unknown>>, { invocationId, startedAt, generatedAt }: ArtifactInvocation): string {
  const changed = {
    ...metadata,
    generated_at: inUtc(generatedAt),
    invocation_id: invocationId,
    invocation_started_at: inUtc(startedAt),
    run_started_at: inUtc(startedAt),
  };
  const text = [...jsonPieces({ metadata: Object.entries(changed) })].join("");
  return text.slice(0, text.lastIndexOf("}"));
}

function readBlocks<T>(path: string, use: (first: Buffer, rest: Iterable<Buffer>) => T): T {
  const file = openSync(path, "r");
  const buffer = Buffer.allocUnsafe(blockLength);
  /** Each block is gone when the next one is read. */
  const next = (): Buffer => buffer.subarray(0, readSync(file, buffer, 0, blockLength, null));
  function* rest(): Generator<Buffer> {
    for (let block = next(); block.length > 0; block = next()) yield block;
  }
  try {
    return use(next(), rest());
  } finally {
    closeSync(file);
  }
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
