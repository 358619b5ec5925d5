/** Identifiers as Snapchat's segments take them: all hashed, and one kind in a segment. */
import { advertisingIdHash, emailHash, phoneDigitsHash } from "./common-keys.ts";
import type { IdentityKey, IdentityPlatform } from "./identifier.ts";
import { onlyOneOf } from "./key-rules.ts";

const keys = new Map<string, IdentityKey>([
  ["EMAIL", emailHash],
  ["PHONE", phoneDigitsHash],
  ["MADID", advertisingIdHash],
]);

export const snapchat: IdentityPlatform = { name: "snapchat", keys, problemsWith: (mapped) => onlyOneOf("Snapchat", mapped, [...keys.keys()]) };
