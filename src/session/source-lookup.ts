/** Texts for code frames, and keeping secrets out of what is shown. */
import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { SourceLookup } from "../core/span.ts";

/** Values of the environment that are long enough to be secrets are never repeated. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length >= 8).reduce((shown, secret) => shown.replaceAll(secret, "***"), text);
}

/** Looks up texts that were read already, and reads a seed or an imported module when an error points into it. */
export function sourceLookup(read: ReadonlyMap<string, string>, projectDir: string | undefined): SourceLookup {
  return (file) => {
    const isUnread = file.endsWith(".csv") || (/\.[cm]?js$/.test(file) && !read.has(file));
    if (!isUnread || projectDir === undefined) return read.get(file);
    try {
      return readFileSync(isAbsolute(file) ? file : join(projectDir, file), "utf8");
    } catch {
      return undefined;
    }
  };
}
