/**
 * One part of a delivery as one file or, where the platform's limits ask for it, as several. Every file is whole: it has its
 * own header and no line that is cut. Nothing has its final name before `publish`. Knows no format and no platform.
 */
import type { DeliveredFile } from "../../ports/destination.ts";
import { StagedFile } from "./staged-file.ts";
import type { FileLimits, UploadText } from "./upload-format.ts";

/** Where the next file of the part belongs, and what stands there already and stays. */
export interface NextFile {
  readonly path: string;
  readonly number: number;
  readonly text: UploadText;
  readonly earlier?: { readonly rows: number; readonly bytes: number; readonly content: AsyncIterable<Uint8Array> };
}

interface SplitOptions {
  readonly operation: DeliveredFile["operation"];
  readonly limits: FileLimits;
  /** The file after the one with this number; the first is after 0. */
  readonly next: (after: number) => Promise<NextFile>;
}

export class SplitFiles {
  private readonly options: SplitOptions;
  private readonly closed: { readonly staged: StagedFile; readonly file: DeliveredFile }[] = [];
  private staged: StagedFile | undefined;
  private current: NextFile | undefined;
  private rows = 0;
  private bytes = 0;
  /** People who were written, without those that stood there before. */
  private added = 0;

  private constructor(options: SplitOptions) {
    this.options = options;
  }

  static async open(options: SplitOptions): Promise<SplitFiles> {
    const files = new SplitFiles(options);
    try {
      await files.begin();
      return files;
    } catch (error) {
      await files.discard();
      throw error;
    }
  }

  async write(people: readonly (readonly string[])[]): Promise<void> {
    const { rows: mostRows, bytes: mostBytes } = this.options.limits;
    let text = "";
    for (const cells of people) {
      const record = this.text.record(cells);
      const length = mostBytes === undefined ? 0 : Buffer.byteLength(record);
      const isFull = (mostRows !== undefined && this.rows >= mostRows) || (mostBytes !== undefined && this.bytes + length > mostBytes);
      if (isFull && this.added > 0) {
        await this.staged?.write(text);
        text = "";
        await this.end();
        await this.begin();
      }
      text += record;
      this.rows++;
      this.added++;
      this.bytes += length;
    }
    await this.staged?.write(text);
  }

  /** Flushes everything; nothing can be written afterwards. */
  async close(): Promise<readonly DeliveredFile[]> {
    await this.end();
    return this.closed.map(({ file }) => file);
  }

  /** Gives the closed files their final names. */
  async publish(): Promise<void> {
    for (const { staged } of this.closed) await staged.publish();
  }

  async discard(): Promise<void> {
    await this.staged?.discard();
    for (const { staged } of this.closed) await staged.discard();
  }

  private get text(): UploadText {
    if (!this.current) throw new Error("nothing is open");
    return this.current.text;
  }

  private async begin(): Promise<void> {
    const { limits, next } = this.options;
    let found = await next(this.current?.number ?? 0);
    // A file that is full already stays as it is, and its successor is begun.
    while (found.earlier && isFull(found.earlier, limits)) found = await next(found.number);
    this.current = found;
    this.staged = await StagedFile.open(found.path);
    this.rows = found.earlier?.rows ?? 0;
    this.bytes = found.earlier?.bytes ?? Buffer.byteLength(found.text.header);
    this.added = 0;
    if (!found.earlier) await this.staged.write(found.text.header);
    else for await (const chunk of found.earlier.content) await this.staged.write(chunk);
  }

  private async end(): Promise<void> {
    const { staged, current } = this;
    if (!staged || !current) return;
    const { bytes, sha256 } = await staged.close();
    this.closed.push({ staged, file: { path: current.path, rows: this.rows, bytes, sha256, operation: this.options.operation } });
    this.staged = undefined;
  }
}

function isFull({ rows, bytes }: { readonly rows: number; readonly bytes: number }, limits: FileLimits): boolean {
  return (limits.rows !== undefined && rows >= limits.rows) || (limits.bytes !== undefined && bytes >= limits.bytes);
}
