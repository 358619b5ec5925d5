/**
 * Identifiers as TikTok's customer files and segments take them. Everything is hashed, advertising ids too. TikTok's help
 * has changed its mind about "+" and dots; the rules here are those of August 2025, whose printed hashes can be checked,
 * and both are options of the export.
 */
import { advertisingIdHash, emailHash, phoneDigitsHash } from "./common-keys.ts";
import { normalizeEmail } from "./email.ts";
import { accept, type IdentityKey, type IdentityPlatform, type Normalize, reject } from "./identifier.ts";

/** Lower case without the suffix after "+", at every domain. Dots stay unless the export wants them gone. */
const email: Normalize = (text, _context, options) => {
  const address = normalizeEmail(text);
  if (!address.ok) return address;
  const at = address.value.lastIndexOf("@");
  const bare = address.value.slice(0, at).replace(/\+.*$/, "");
  const mailbox = options.emailDots === "remove" ? bare.replaceAll(".", "") : bare;
  return mailbox === "" ? reject("invalid_email") : accept(mailbox + address.value.slice(at));
};

export const tiktok: IdentityPlatform = {
  name: "tiktok",
  keys: new Map<string, IdentityKey>([
    ["EMAIL", { ...emailHash, options: ["emailDots"], normalize: email }],
    ["PHONE", { ...phoneDigitsHash, options: ["phoneFormat", "phonePlus"] }],
    // Of any system, for files; the API wants to know which one it is.
    ["MADID", advertisingIdHash],
    ["IDFA", advertisingIdHash],
    ["GAID", advertisingIdHash],
    ["AAID", advertisingIdHash],
  ]),
};
