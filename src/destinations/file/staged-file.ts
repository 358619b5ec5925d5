/**
 * A file that comes into being whole or not at all. Text goes to a hidden file in the same directory, which is flushed to
 * the disk and then takes the final name in one step. Until `publish`, whatever stood under that name stays. Knows no format.
 */
import { createHash, type Hash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const abandonedAfterMs = 60 * 60 * 1000;

export class StagedFile {
  readonly path: string;
  private readonly partial: string;
  private readonly file: FileHandle;
  private readonly digest: Hash = createHash("sha256");
  private written = 0;
  private isOpen = true;

  private constructor(path: string, partial: string, file: FileHandle) {
    this.path = path;
    this.partial = partial;
    this.file = file;
  }

  static async open(path: string): Promise<StagedFile> {
    await mkdir(dirname(path), { recursive: true });
    const partial = join(dirname(path), `${partialPrefix(path)}${randomUUID()}.partial`);
    // Hashed identifiers are personal data still: nobody but the owner needs to read them.
    return new StagedFile(path, partial, await open(partial, "wx", 0o600));
  }

  async write(chunk: string | Uint8Array): Promise<void> {
    const data = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
    this.digest.update(data);
    this.written += data.byteLength;
    await this.file.writeFile(data);
  }

  /** Flushes everything to the disk; nothing can be written afterwards. */
  async close(): Promise<{ readonly bytes: number; readonly sha256: string }> {
    await this.file.sync();
    await this.release();
    return { bytes: this.written, sha256: this.digest.digest("hex") };
  }

  /** Gives the closed file its final name. */
  async publish(): Promise<void> {
    await rename(this.partial, this.path);
    // The name itself is safe only once the directory is on the disk. Not every system can flush a directory.
    const directory = await open(dirname(this.path), "r").catch(() => undefined);
    await directory?.sync().catch(() => undefined);
    await directory?.close();
  }

  /** Removes it, in whatever state it is. Does nothing after `publish`. */
  async discard(): Promise<void> {
    await this.release();
    await rm(this.partial, { force: true });
  }

  private async release(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    await this.file.close();
  }
}

/**
 * A killed process leaves its hidden files behind, perhaps with names in them, and perhaps for more files than the next run
 * writes. Those of an export that nobody has written to for an hour belong to no run. To be called before the first is opened.
 */
export async function removeAbandoned(directory: string, exportName: string): Promise<void> {
  const prefix = partialPrefix(exportName);
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.startsWith(prefix) && name.endsWith(".partial"));
  for (const name of names) {
    const leftover = join(directory, name);
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
