/**
 * The manifest beside the files of an export: which there are, in the order of uploading, with counts and checksums, so that
 * a person or a program can tell that a set is whole and what of it waits. It is published last. Holds nobody's identifiers.
 */
import { basename } from "node:path";
import type { DeliveredFile, Delivery } from "../../ports/destination.ts";
import { StagedFile } from "./staged-file.ts";

export async function stageManifest(path: string, format: string, { audience, mode, runId }: Delivery, files: readonly DeliveredFile[]): Promise<StagedFile> {
  const manifest = {
    export: audience.exportName,
    audience: { name: audience.name, ...(audience.id !== undefined && { id: audience.id }) },
    format,
    mode,
    run: runId,
    columns: audience.columns,
    people: files.filter(({ operation }) => operation === "add").reduce((sum, { rows }) => sum + rows, 0),
    files: files.map((file) => ({ file: basename(file.path), operation: file.operation, rows: file.rows, bytes: file.bytes, sha256: file.sha256 })),
  };
  const staged = await StagedFile.open(path);
  try {
    await staged.write(`${JSON.stringify(manifest, undefined, 2)}\n`);
    await staged.close();
    return staged;
  } catch (error) {
    await staged.discard();
    throw error;
  }
}
