/**
 * Searches what a test has left behind for the people that went into it: e-mail addresses in any case, phones as they were
 * typed or as digits with and without "+", and every other value of a column that is never sent plain, as it was typed, in
 * lower case, without its punctuation or its accents. It follows every test of exports (`ExportProject.dispose`).
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

/** A word as it stands between other characters, with the hyphens of ids and dates. */
const words = /[\p{L}\p{N}][\p{L}\p{N}_-]*/gu;
/** What everybody writes, such as a country's two letters: found everywhere, and tells nothing. */
const shortest = 4;
/** Values of several words are searched one by one, and not without end. */
const mostPhrases = 40;
/** In a database's own file any few letters come up by chance. */
const shortestInBytes = 7;

/** The addresses and phones of people, gathered from the SQL that makes them, and the values of columns. */
export class KnownPeople {
  private readonly addresses = new Set<string>();
  private readonly phones = new Set<string>();
  private readonly values = new Map<string, Set<string>>();

  /** Values of a column, of which it may be said later that they must stand nowhere. */
  know(column: string, value: unknown): void {
    const known = this.values.get(column) ?? new Set();
    this.values.set(column, known);
    for (const form of disguises(String(value ?? ""))) known.add(form);
  }

  gather(sql: string): void {
    for (const found of addressesIn(sql)) this.addresses.add(found);
    for (const [, text = ""] of sql.matchAll(/'([+\d][\d ().-]{7,})'/g)) {
      // Without the zero of a national number, which an international one has not. An advertising id is longer.
      const bare = text.replace(/\(0\)/, "").replace(/\D/g, "").replace(/^0+/, "");
      if (bare.length >= 8 && bare.length <= 15) this.phones.add(bare);
    }
  }

  /** What of the text is a value of these columns. */
  valuesIn(text: string, columns: readonly string[], isBinary: boolean): readonly string[] {
    const wanted = new Set(columns.flatMap((column) => [...(this.values.get(column) ?? [])]));
    const isWord = (value: string) => value.match(words)?.[0] === value;
    const lower = text.toLowerCase();
    const phrases = [...wanted].filter((value) => (isBinary ? value.length >= shortestInBytes : !isWord(value)));
    const found = phrases.slice(0, mostPhrases).filter((value) => lower.includes(value));
    return isBinary ? found : [...found, ...[...lower.matchAll(words)].map(([word]) => word).filter((word) => wanted.has(word))];
  }

  /** What of the text names somebody by address or phone. */
  foundIn(text: string): readonly string[] {
    const addresses = [...addressesIn(text)].filter((found) => this.addresses.has(found));
    if (this.phones.size === 0) return addresses;
    const phones = [...text.matchAll(digits)]
      .map(([found]) => found.replace(/\D/g, ""))
      .filter((found) => [...this.phones].some((phone) => found.includes(phone)));
    return [...addresses, ...phones];
  }
}

/** What a leak of the value could look like, in lower case. Too short ones are left out, unless a digit makes them somebody's own. */
function disguises(value: string): readonly string[] {
  const lower = value.trim().toLowerCase();
  const unaccented = lower.normalize("NFKD").replace(/\p{M}/gu, "");
  const forms = [lower, unaccented].flatMap((form) => [form, form.replace(/[^\p{L}\p{N}]/gu, "")]);
  return forms.filter((form) => form.length >= (/\d/.test(form) && /\p{L}/u.test(form) ? 2 : shortest));
}

/** Each file below the folder as text, by its path with `/`. */
export async function textsBelow(folder: string, skips: (path: string) => boolean): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const named = paths.map((path) => ({ path, name: path.slice(folder.length + 1).replaceAll("\\", "/") })).filter(({ name }) => !skips(name));
  return new Map(await Promise.all(named.map(async ({ path, name }) => [name, await readFile(path, "utf8")] as const)));
}
