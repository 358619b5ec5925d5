/** Which program this is: its version, and its own files, because during development one version is many programs. */
import { hash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Differs whenever a file of the program was written anew. */
export function programIdentity(version: string): string {
  const parts: string[] = [version];
  describeFolder(fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, ""), "", parts);
  return hash("sha256", parts.join("\n"), "hex");
}

/** Declarations of types run nowhere. */
function describeFolder(absolute: string, relative: string, parts: string[]): void {
  for (const entry of readdirSync(absolute, { withFileTypes: true })) {
    const { name } = entry;
    if (entry.isDirectory()) describeFolder(`${absolute}/${name}`, `${relative}${name}/`, parts);
    else if (/\.[jt]s$/.test(name) && !name.endsWith(".d.ts")) {
      const { size, mtimeMs } = statSync(`${absolute}/${name}`);
      parts.push(`${relative}${name} ${size} ${mtimeMs}`);
    }
  }
}
