/** Identifiers as X's list audiences take them: all hashed but the advertiser's own id. X says nothing certain about "+" of phones, hence the option. */
import { advertisingIdHash, emailHash, externalId, phoneHash } from "./common-keys.ts";
import { accept, type IdentityKey, type IdentityPlatform, type Normalize, reject } from "./identifier.ts";
import { phoneDigits } from "./phone.ts";
import { lowerCase } from "./text.ts";

/** With "+" unless the export wants it gone. */
const phone: Normalize = (text, context, options) => phoneDigits(text, context, { phonePlus: true, ...options });

/** Lower case without "@". */
const handle: Normalize = (text) => {
  const name = lowerCase(text).replace(/^@/, "");
  return /^[a-z0-9_]{1,50}$/.test(name) ? accept(name) : reject("invalid_handle");
};

const userId: Normalize = (text) => (/^\d{1,20}$/.test(text) ? accept(text) : reject("invalid_user_id"));

export const x: IdentityPlatform = {
  name: "x",
  keys: new Map<string, IdentityKey>([
    ["EMAIL", emailHash],
    ["PHONE", { ...phoneHash, options: ["phoneFormat", "phonePlus"], normalize: phone }],
    ["MADID", advertisingIdHash],
    ["HANDLE", { hashed: true, matches: "alone", normalize: handle }],
    ["USER_ID", { hashed: true, matches: "alone", normalize: userId }],
    ["EXTERN_ID", externalId],
  ]),
};
