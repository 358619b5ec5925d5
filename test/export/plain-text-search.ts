/**
 * Searches what a test has left behind for the people that went into it: e-mail addresses in any case, and phones as they
 * were typed or as digits with and without "+". It follows every test of exports (`ExportProject.dispose`).
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const digits = /\d[\d ().-]{7,24}\d/g;
const longest = 64;

/** In lower case. Looks around each @ only: databases hold texts without end, in which a search for words would not end either. */
function* addressesIn(text: string): Generator<string> {
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const local = /[\p{L}\p{N}_.+-]+$/u.exec(text.slice(Math.max(0, at - longest), at))?.[0];
    const domain = /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/u.exec(text.slice(at + 1, at + longest))?.[0];
    if (local !== undefined && domain !== undefined) yield `${local}@${domain}`.toLowerCase();
  }
}

/** The addresses and phones of people, gathered from the SQL that makes them. */
export class KnownPeople {
  private readonly addresses = new Set<string>();
  private readonly phones = new Set<string>();

  gather(sql: string): void {
    for (const found of addressesIn(sql)) this.addresses.add(found);
    for (const [, text = ""] of sql.matchAll(/'([+\d][\d ().-]{7,})'/g)) {
      // Without the zero of a national number, which an international one has not. An advertising id is longer.
      const bare = text.replace(/\(0\)/, "").replace(/\D/g, "").replace(/^0+/, "");
      if (bare.length >= 8 && bare.length <= 15) this.phones.add(bare);
    }
  }

  /** What of the text names somebody. */
  foundIn(text: string): readonly string[] {
    const addresses = [...addressesIn(text)].filter((found) => this.addresses.has(found));
    if (this.phones.size === 0) return addresses;
    const phones = [...text.matchAll(digits)]
      .map(([found]) => found.replace(/\D/g, ""))
      .filter((found) => [...this.phones].some((phone) => found.includes(phone)));
    return [...addresses, ...phones];
  }
}

/** Each file below the folder as text, by its path with `/`. */
export async function textsBelow(folder: string, skips: (path: string) => boolean): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const named = paths.map((path) => ({ path, name: path.slice(folder.length + 1).replaceAll("\\", "/") })).filter(({ name }) => !skips(name));
  return new Map(await Promise.all(named.map(async ({ path, name }) => [name, await readFile(path, "utf8")] as const)));
}
