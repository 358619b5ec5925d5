/**
 * Versions of a model's files. Each build writes a version of its own and touches no other; the location is a name that is
 * moved from one to the next in one step: a link to the folder, or a second name of the file. Files only.
 */
import { copyFileSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

/** Brings the partitions of an older version over that the new one does not have. */
export function addOtherPartitions(from: string, to: string): void {
  const own = new Set(listPartitions(to));
  for (const partition of listPartitions(from)) {
    if (own.has(partition)) continue;
    mkdirSync(join(to, partition), { recursive: true });
    for (const name of readdirSync(join(from, partition))) shareFile(join(from, partition, name), join(to, partition, name));
  }
}

export function countPartitions(version: string): number {
  return listPartitions(version).length;
}

/** Folders that hold files, relative to the version's. */
function listPartitions(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return [...new Set(entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, entry.parentPath)))];
}

/** A second name for the same bytes where the disk can do that. */
function shareFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** Why a location cannot be moved to a version; `undefined` if it can. What is not ours is never replaced. */
export function findObstacle(location: string, isFolder: boolean): string | undefined {
  const found = lstatSync(location, { throwIfNoEntry: false });
  if (!found || found.isSymbolicLink()) return undefined;
  if (isFolder) return found.isDirectory() && readdirSync(location).length === 0 ? undefined : "something stands there that was not written by this model";
  return found.isDirectory() ? "a folder stands there" : undefined;
}

/** Readers find the old version or the new one under the location, never a part of either. */
export function moveLocation(location: string, version: string, isFolder: boolean): void {
  mkdirSync(dirname(location), { recursive: true });
  const next = join(dirname(location), `.${basename(location)}.next`);
  rmSync(next, { recursive: true, force: true });
  if (isFolder) symlinkSync(process.platform === "win32" ? version : relative(dirname(location), version), next, "junction");
  else shareFile(version, next);
  try {
    renameSync(next, location);
  } catch {
    // An empty folder, or a link on a system that does not replace links: then there is a moment without either.
    removeLocation(location);
    renameSync(next, location);
  }
}

function removeLocation(location: string): void {
  if (lstatSync(location, { throwIfNoEntry: false })?.isSymbolicLink()) unlinkSync(location);
  else rmSync(location, { recursive: true });
}

/** All versions but those that somebody may be reading. What cannot be removed now is removed another time. */
export function removeVersions(folder: string, kept: readonly string[]): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const version = join(folder, name);
    if (!kept.includes(version)) rmSync(version, { recursive: true, force: true, maxRetries: 2 });
  }
}
