/** Which program this is: its version, and its own files, because during development one version is many programs. */
import { hash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Differs whenever a file of the program was written anew. */
export function programIdentity(version: string): string {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const parts: string[] = [version];
  for (const path of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (!/\.[jt]s$/.test(path)) continue;
    const { size, mtimeMs } = statSync(join(root, path));
    parts.push(`${path} ${size} ${mtimeMs}`);
  }
  return hash("sha256", parts.join("\n"), "hex");
}
