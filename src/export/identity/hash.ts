/** SHA-256 as ad platforms want it. Knows digests only: what deserves one is decided before. */
import { hash } from "node:crypto";

/** The SHA-256 of the text's UTF-8 bytes as 64 lower-case hexadecimal digits. */
export function sha256Hex(text: string): string {
  return hash("sha256", text, "hex");
}

/** True for 64 hexadecimal digits in either case. */
export function isSha256Hex(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text);
}

/** The hashes that careless pipelines make of missing values: of "" and of the words for it. */
const ofEmpty = sha256Hex("");
const ofNullWords: ReadonlySet<string> = new Set(["null", "undefined"].map(sha256Hex));

export function isHashOfEmpty(hex: string): boolean {
  return hex === ofEmpty;
}

export function isHashOfNullWord(hex: string): boolean {
  return ofNullWords.has(hex);
}
