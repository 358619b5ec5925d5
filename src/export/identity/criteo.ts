/** Identifiers as Criteo's contact lists take them: hashed addresses, everything else as it is, and one kind in a list. */
import { advertisingId, emailHash, externalId } from "./common-keys.ts";
import type { IdentityKey, IdentityPlatform } from "./identifier.ts";
import { onlyOneOf } from "./key-rules.ts";

const keys = new Map<string, IdentityKey>([
  ["EMAIL", emailHash],
  ["MADID", advertisingId],
  ["IDENTITY_LINK", externalId],
  ["GUM", externalId],
  ["EXTERN_ID", externalId],
]);

export const criteo: IdentityPlatform = { name: "criteo", keys, problemsWith: (mapped) => onlyOneOf("Criteo", mapped, [...keys.keys()]) };
