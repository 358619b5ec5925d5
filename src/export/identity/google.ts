/**
 * Identifiers as Google's Customer Match takes them, by the formatter of Google's own client library. Countries, postal
 * codes and mobile ids go out as they are; an address matches only with all four of FN, LN, COUNTRY and ZIP.
 */
import { normalizeAdvertisingId } from "./advertising-id.ts";
import { countryCode } from "./country.ts";
import { isEmail, stripZeroWidth } from "./email.ts";
import { accept, type IdentityKey, type IdentityPlatform, reject } from "./identifier.ts";
import { normalizePhone } from "./phone.ts";
import { lowerCase } from "./text.ts";

type Normalize = IdentityKey["normalize"];

/** Without any white space; at Gmail also without dots and suffixes, which reach the same mailbox. The domain stays. */
const email: Normalize = (text) => {
  const address = stripZeroWidth(lowerCase(text)).replace(/\s/g, "");
  if (!isEmail(address)) return reject("invalid_email");
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1);
  if (domain !== "gmail.com" && domain !== "googlemail.com") return accept(address);
  const mailbox = address.slice(0, at).replace(/\+.*$/, "").replaceAll(".", "");
  return mailbox === "" ? reject("invalid_email") : accept(`${mailbox}@${domain}`);
};

/** E.164 with its "+". */
const phone: Normalize = (text, context, options) => normalizePhone(text, context, options);

const prefix = /^(?:mr|mrs|ms|dr)(?:\.|(?=\s|$))\s*/;
const suffix = /[\s,]+(?:jr|sr|2nd|3rd|ii|iii|iv|v|vi|cpa|dc|dds|vm|jd|md|phd)\.?[\s,]*$/;

const givenName: Normalize = (text) => named(lowerCase(text).replace(prefix, ""));

const familyName: Normalize = (text) => {
  let name = lowerCase(text).trim();
  while (suffix.test(name)) name = name.replace(suffix, "");
  return named(name);
};

function named(text: string) {
  const name = text.trim().normalize("NFC");
  return /\p{L}/u.test(name) ? accept(name) : reject("no_letters");
}

const country: Normalize = (text) => {
  const code = countryCode(text);
  return code ? accept(code) : reject("unknown_country");
};

/** Trimmed and nothing else: Google cuts the code itself, by country. */
const zip: Normalize = (text) => (/^[\p{L}\p{N}][\p{L}\p{N} -]{1,11}$/u.test(text) ? accept(text) : reject("invalid_zip"));

export const google: IdentityPlatform = {
  name: "google",
  keys: new Map<string, IdentityKey>([
    ["EMAIL", { hashed: true, matches: "alone", normalize: email }],
    ["PHONE", { hashed: true, matches: "alone", normalize: phone }],
    ["FN", { hashed: true, matches: "together", permitsNullWord: true, normalize: givenName }],
    ["LN", { hashed: true, matches: "together", permitsNullWord: true, normalize: familyName }],
    ["COUNTRY", { hashed: false, matches: "together", normalize: country }],
    ["ZIP", { hashed: false, matches: "together", normalize: zip }],
    ["MADID", { hashed: false, matches: "alone", normalize: normalizeAdvertisingId }],
  ]),
};
