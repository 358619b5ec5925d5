/**
 * A file that comes into being whole or not at all. Text goes to a hidden file in the same directory, which is flushed to
 * the disk and then takes the final name in one step. Until `publish`, whatever stood under that name stays. Knows no format.
 */
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export interface StagedFile {
  readonly bytes: number;
  readonly sha256: string;
  /** Gives the file its final name. */
  readonly publish: () => Promise<void>;
  /** Removes it. Does nothing after `publish`. */
  readonly discard: () => Promise<void>;
}

const abandonedAfterMs = 60 * 60 * 1000;

/** Writes `chunks` one by one, so that memory holds one of them. Whatever fails, no trace stays and the error is passed on. */
export async function stageFile(path: string, chunks: AsyncIterable<string | Uint8Array>): Promise<StagedFile> {
  await mkdir(dirname(path), { recursive: true });
  await removeAbandoned(path);
  const partial = join(dirname(path), `${partialPrefix(path)}${randomUUID()}.partial`);
  // Hashed identifiers are personal data still: nobody but the owner needs to read them.
  const file = await open(partial, "wx", 0o600);
  const discard = () => rm(partial, { force: true });
  try {
    const written = await writeAll(file, chunks);
    return { ...written, publish: () => publish(partial, path), discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function writeAll(file: FileHandle, chunks: AsyncIterable<string | Uint8Array>): Promise<{ bytes: number; sha256: string }> {
  const digest = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      const data = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
      digest.update(data);
      bytes += data.byteLength;
      await file.writeFile(data);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: digest.digest("hex") };
}

async function publish(partial: string, path: string): Promise<void> {
  await rename(partial, path);
  // The name itself is safe only once the directory is on the disk. Not every system can flush a directory.
  const directory = await open(dirname(path), "r").catch(() => undefined);
  await directory?.sync().catch(() => undefined);
  await directory?.close();
}

/** A killed process leaves its hidden file behind. One that nobody has written to for an hour belongs to no run. */
async function removeAbandoned(path: string): Promise<void> {
  const prefix = partialPrefix(path);
  const names = (await readdir(dirname(path))).filter((name) => name.startsWith(prefix) && name.endsWith(".partial"));
  for (const name of names) {
    const leftover = join(dirname(path), name);
    const touched = await stat(leftover).then(
      (stats) => stats.mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - touched > abandonedAfterMs) await rm(leftover, { force: true });
  }
}

function partialPrefix(path: string): string {
  return `.${basename(path)}.`;
}
