/**
 * Identifiers as LinkedIn's contact lists take them. Addresses are hashed and Google's advertising ids are not; what a person
 * is called and does for a living LinkedIn reads only plain, so that an export has to ask for it.
 */
import { advertisingId, emailHash, upperCountry } from "./common-keys.ts";
import { accept, type IdentityKey, type IdentityPlatform, type Normalize, reject } from "./identifier.ts";
import { allOrNone } from "./key-rules.ts";

/** As the person writes it, but for white space: LinkedIn compares it with profiles. */
const words: Normalize = (text) => (/\p{L}/u.test(text) ? accept(text.replace(/\s+/g, " ")) : reject("no_letters"));

const readPlain: IdentityKey = { hashed: true, plain: true, matches: "together", permitsNullWord: true, normalize: words };

export const linkedin: IdentityPlatform = {
  name: "linkedin",
  keys: new Map<string, IdentityKey>([
    ["EMAIL", emailHash],
    ["FN", readPlain],
    ["LN", readPlain],
    ["JOB_TITLE", readPlain],
    ["COMPANY", readPlain],
    ["COUNTRY", { hashed: false, matches: "together", normalize: upperCountry }],
    ["MADID", advertisingId],
  ]),
  problemsWith: (mapped) => allOrNone("LinkedIn matches a name by", mapped, ["FN", "LN"]),
};
