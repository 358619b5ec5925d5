/** Identifiers as Pinterest's customer lists take them: hashed, and one kind in a list. Addresses may be plain there, and are not here. */
import { advertisingIdHash, emailHash } from "./common-keys.ts";
import type { IdentityKey, IdentityPlatform } from "./identifier.ts";
import { onlyOneOf } from "./key-rules.ts";

const keys = new Map<string, IdentityKey>([
  ["EMAIL", emailHash],
  ["MADID", advertisingIdHash],
]);

export const pinterest: IdentityPlatform = { name: "pinterest", keys, problemsWith: (mapped) => onlyOneOf("Pinterest", mapped, [...keys.keys()]) };
