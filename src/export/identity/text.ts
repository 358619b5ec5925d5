/**
 * Text primitives below all normalisers: reading a database value as text, trimming, lower case, folding to a-z. They
 * follow Unicode's default rules, never a locale's, so that one value has one hash on every machine.
 */
import { accept, type Normalized, reject } from "./identifier.ts";

const blank = /[\s\u200B-\u200D\uFEFF]/;
/** Half of a surrogate pair, or the sign that a decoder puts in place of what it could not read. */
const lostText = /[\p{Cs}\uFFFD]/u;

/** Without white space, zero-width characters and byte order marks at both ends. Linear in the length of the text. */
export function trimText(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && blank.test(text.charAt(start))) start++;
  while (end > start && blank.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** A database value as trimmed text: strings, whole numbers and plain decimals. `asIs` keeps the text's Unicode form, else it is NFC. */
export function readText(value: unknown, asIs = false): Normalized {
  if (value === null || value === undefined) return reject("empty");
  if (typeof value === "number" || typeof value === "bigint") return readNumber(value);
  if (typeof value !== "string") return reject("unsupported_type");
  if (lostText.test(value)) return reject("malformed_text");
  const text = trimText(asIs ? value : value.normalize("NFC"));
  return text === "" ? reject("empty") : accept(text);
}

/** Digits that a binary number cannot hold exactly are gone already: such a number is refused rather than sent rounded. */
function readNumber(value: number | bigint): Normalized {
  if (Number.isNaN(value)) return reject("empty");
  const text = String(value);
  const exact = typeof value === "bigint" || !Number.isInteger(value) || Number.isSafeInteger(value);
  return exact && /^-?\d+(\.\d+)?$/.test(text) ? accept(text) : reject("unsupported_type");
}

/** The words that stand for a missing value when a pipeline has turned it into text. */
export function isNullWord(text: string): boolean {
  return /^(null|undefined)$/i.test(text);
}

/**
 * Lower case of the whole text, in NFC. "İ" becomes "i" with U+0307 and a sigma that ends a word becomes "ς", as in
 * the platforms' own JavaScript and Python; a database's `lower` differs in both.
 */
export function lowerCase(text: string): string {
  return text.toLowerCase().normalize("NFC");
}

/** Latin letters that Unicode does not take apart into a base letter and a mark. */
const latin: ReadonlyMap<string, string> = new Map(
  Object.entries({ ß: "ss", æ: "ae", œ: "oe", ø: "o", ð: "d", đ: "d", þ: "th", ł: "l", ı: "i", ħ: "h", ŋ: "n", ŧ: "t" }),
);

/** Lower case with accents and other marks removed: "São" is "sao", "İzmir" is "izmir". Other scripts stay as they are. */
export function foldAccents(text: string): string {
  const bare = text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  return bare.replace(/\P{ASCII}/gu, (letter) => latin.get(letter) ?? letter);
}

/** True when folded text has a letter outside a-z. */
export function hasForeignLetter(folded: string): boolean {
  return /(?![a-z])\p{L}/u.test(folded);
}
