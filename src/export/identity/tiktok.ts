/**
 * Identifiers as TikTok's customer files and segments take them. Everything is hashed, advertising ids too. TikTok's help
 * has changed its mind about "+" and suffixes; the rules here are those of August 2025, whose printed hashes can be checked.
 */
import { normalizeAdvertisingId } from "./advertising-id.ts";
import { isEmail, stripZeroWidth } from "./email.ts";
import { accept, type IdentityKey, type IdentityPlatform, reject } from "./identifier.ts";
import { normalizePhone } from "./phone.ts";
import { lowerCase } from "./text.ts";

type Normalize = IdentityKey["normalize"];

/** Lower case without the suffix after "+", at every domain. Dots stay. */
const email: Normalize = (text) => {
  const address = stripZeroWidth(lowerCase(text));
  if (!isEmail(address)) return reject("invalid_email");
  const bare = address.replace(/\+[^@]*@/, "@");
  return bare.startsWith("@") ? reject("invalid_email") : accept(bare);
};

/** Digits only, country code first. */
const phone: Normalize = (text, context, options) => {
  const e164 = normalizePhone(text, context, options);
  return e164.ok ? accept(e164.value.slice(1)) : e164;
};

const advertisingId: IdentityKey = { hashed: true, matches: "alone", normalize: normalizeAdvertisingId };

export const tiktok: IdentityPlatform = {
  name: "tiktok",
  keys: new Map<string, IdentityKey>([
    ["EMAIL", { hashed: true, matches: "alone", normalize: email }],
    ["PHONE", { hashed: true, matches: "alone", normalize: phone }],
    // Of any system, for files; the API wants to know which one it is.
    ["MADID", advertisingId],
    ["IDFA", advertisingId],
    ["GAID", advertisingId],
    ["AAID", advertisingId],
  ]),
};
