/** Seals plain values with a key that only this process has: whatever of them reaches a disk says nothing. Knows no table and no export. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const cipher = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;

/** By their hashes. */
export type PlainValues = Readonly<Record<string, string>>;

export function createSecret(): Uint8Array {
  return randomBytes(32);
}

export function sealValues(secret: Uint8Array, values: PlainValues): string {
  const iv = randomBytes(ivBytes);
  const sealing = createCipheriv(cipher, secret, iv);
  const text = Buffer.concat([sealing.update(JSON.stringify(values), "utf8"), sealing.final()]);
  return Buffer.concat([iv, sealing.getAuthTag(), text]).toString("base64");
}

export function openValues(secret: Uint8Array, sealed: string): PlainValues {
  const bytes = Buffer.from(sealed, "base64");
  const opening = createDecipheriv(cipher, secret, bytes.subarray(0, ivBytes));
  opening.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  return JSON.parse(opening.update(bytes.subarray(ivBytes + tagBytes), undefined, "utf8") + opening.final("utf8")) as PlainValues;
}
