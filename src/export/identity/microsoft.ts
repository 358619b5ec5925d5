/** Identifiers as Microsoft Advertising's customer lists take them: hashed addresses, and the advertiser's own ids as they are. */
import { emailHash, externalId } from "./common-keys.ts";
import type { IdentityKey, IdentityPlatform } from "./identifier.ts";

export const microsoft: IdentityPlatform = {
  name: "microsoft",
  keys: new Map<string, IdentityKey>([
    ["EMAIL", emailHash],
    ["EXTERN_ID", externalId],
  ]),
};
