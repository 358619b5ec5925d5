/** Countries by any of their usual English names. Reads the table; must not guess a country from a city, a phone or an address. */
import type { CountryCode } from "libphonenumber-js";
import { countries } from "./countries.ts";
import { foldAccents, trimText } from "./text.ts";

const codes: ReadonlyMap<string, string> = new Map(
  countries
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [alpha2 = "", alpha3 = "", ...names] = line.split("|");
      const keys = [alpha2.toLowerCase(), alpha3.toLowerCase(), ...names.map(nameKey)];
      return keys.map((key) => [key, alpha2] as const);
    }),
);

/** The ISO 3166-1 alpha-2 code in upper case for a two- or three-letter code or an English name; `undefined` for anything else. */
export function countryCode(value: unknown): CountryCode | undefined {
  if (typeof value !== "string") return undefined;
  // Codes first: as words, "ST" would be a saint and "AND" nothing.
  const code = codes.get(trimText(value).toLowerCase()) ?? codes.get(nameKey(value));
  return code as CountryCode | undefined;
}

/** Words in alphabetical order without articles, so that "Korea, Republic of" and "The Republic of Korea" are one name. */
function nameKey(name: string): string {
  const words = foldAccents(name)
    .replace(/[.'’ʼ`]/g, "")
    .split(/[^a-z]+/)
    .map((word) => (word === "st" ? "saint" : word))
    .filter((word) => word !== "" && !["the", "of", "and"].includes(word));
  return words.sort().join(" ");
}
