/** How the files of an export are called, and which of them are there. Reads the directory and no file. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

type Kind = "audience" | "removals";

/** `winback.csv`, `winback.2.csv` …, and `winback.remove.csv`, `winback.remove.2.csv` … */
export function uploadName(kind: Kind, exportName: string, extension: string, number: number): string {
  const base = kind === "audience" ? exportName : `${exportName}.remove`;
  return `${base}${number === 1 ? "" : `.${number}`}.${extension}`;
}

export function manifestName(exportName: string): string {
  return `${exportName}.manifest.json`;
}

/** Paths of the files that are there, in the order of their numbers. */
export async function findUploads(directory: string, kind: Kind, exportName: string, extension: string): Promise<readonly string[]> {
  const names = new Set(await readdir(directory).catch(() => []));
  const numbers = [...names].map((name) => Number(/\.(\d+)\.[^.]+$/.exec(name)?.[1] ?? 1));
  return [...new Set(numbers)]
    .sort((a, b) => a - b)
    .map((number) => uploadName(kind, exportName, extension, number))
    .filter((name) => names.has(name))
    .map((name) => join(directory, name));
}
