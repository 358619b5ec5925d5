/**
 * Writes an artifact whole or not at all: a reader never sees half a file, and the file from before survives a failure. It
 * decides nothing about the content, and does not throw: what went wrong is returned.
 */
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Diagnostic, diagnose } from "../core/diagnostic.ts";
import { fileProblem } from "./file-problem.ts";
import { jsonPieces, type Sections } from "./json-pieces.ts";
import { redact } from "./redact.ts";

/** Makes the directory if it is not there. Values of `secrets` are masked wherever they stand. */
export function writeArtifact(directory: string, name: string, value: unknown, secrets: readonly string[] = []): Diagnostic | undefined {
  return writeAtomically(directory, name, () => [`${JSON.stringify(value)}\n`], secrets);
}

/** The same for a value that is made while it is written. */
export function writeSections(directory: string, name: string, sections: Sections, secrets: readonly string[] = []): Diagnostic | undefined {
  return writeAtomically(directory, name, () => jsonPieces(sections), secrets);
}

const batchLength = 1 << 16;

function writeAtomically(directory: string, name: string, pieces: () => Iterable<string>, secrets: readonly string[]): Diagnostic | undefined {
  const path = join(directory, name);
  // In the same directory, because a rename is atomic only within a file system.
  const temporary = join(directory, `.${name}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
  const escaped = secrets.map((secret) => JSON.stringify(secret).slice(1, -1));
  try {
    mkdirSync(directory, { recursive: true });
    const file = openSync(temporary, "wx");
    try {
      let batch = "";
      for (const piece of pieces()) {
        batch += redact(piece, escaped);
        if (batch.length < batchLength) continue;
        writeFileSync(file, batch);
        batch = "";
      }
      writeFileSync(file, batch);
    } finally {
      closeSync(file);
    }
    moveOver(temporary, path);
    return undefined;
  } catch (error) {
    discard(temporary);
    return diagnose("RT0415", { path, problem: fileProblem(error) });
  }
}

const busy = new Set(["EPERM", "EBUSY", "EACCES"]);

/** Windows refuses to replace a file while another program reads it, which is over in a moment. */
export function moveOver(from: string, to: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      if (attempt > 5 || !busy.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, attempt * 10);
    }
  }
}

export function discard(temporary: string): void {
  try {
    rmSync(temporary, { force: true });
  } catch {
    // The first problem is the one to tell.
  }
}
