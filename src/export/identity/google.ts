/**
 * Identifiers as Google's Customer Match takes them, by the formatter of Google's own client library. Countries, postal
 * codes and mobile ids go out as they are; an address matches only with all four of FN, LN, COUNTRY and ZIP.
 */
import { advertisingId, emailHash, phoneHash, upperCountry } from "./common-keys.ts";
import { isEmail, stripZeroWidth } from "./email.ts";
import { accept, type IdentityKey, type IdentityPlatform, type Normalize, reject } from "./identifier.ts";
import { allOrNone } from "./key-rules.ts";
import { lowerCase } from "./text.ts";

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

/** Trimmed and nothing else: Google cuts the code itself, by country. */
const zip: Normalize = (text) => (/^[\p{L}\p{N}][\p{L}\p{N} -]{1,11}$/u.test(text) ? accept(text) : reject("invalid_zip"));

const address = ["FN", "LN", "COUNTRY", "ZIP"];
const contact = ["EMAIL", "PHONE", ...address];

function problemsWith(keys: readonly string[]): readonly string[] {
  const isMixed = keys.includes("MADID") && keys.some((key) => contact.includes(key));
  return [
    ...(isMixed ? ["Google takes advertising ids in lists of their own: make one export with MADID and one with the other identifiers"] : []),
    ...allOrNone("Google matches an address by", keys, address),
  ];
}

const personName = { hashed: true, matches: "together", permitsNullWord: true } as const;

export const google: IdentityPlatform = {
  name: "google",
  keys: new Map<string, IdentityKey>([
    ["EMAIL", { ...emailHash, normalize: email }],
    ["PHONE", phoneHash],
    ["FN", { ...personName, normalize: givenName }],
    ["LN", { ...personName, normalize: familyName }],
    ["COUNTRY", { hashed: false, matches: "together", normalize: upperCountry }],
    ["ZIP", { hashed: false, matches: "together", normalize: zip }],
    ["MADID", advertisingId],
  ]),
  together: [address],
  problemsWith,
};
