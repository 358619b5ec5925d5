/**
 * Keys that several platforms take in the same form. A platform's file picks from these and writes down only what is its
 * own; a rule that differs in a single platform does not belong here.
 */
import { normalizeAdvertisingId } from "./advertising-id.ts";
import { countryCode } from "./country.ts";
import { normalizeEmail } from "./email.ts";
import { accept, type IdentityKey, type Normalize, reject } from "./identifier.ts";
import { normalizePhone, phoneDigits } from "./phone.ts";

const alone = { matches: "alone" } as const;

/** SHA-256 of the address in lower case. */
export const emailHash: IdentityKey = { ...alone, hashed: true, normalize: normalizeEmail };
/** The address itself, for tools that send messages. */
export const plainEmail: IdentityKey = { ...alone, hashed: true, plain: true, normalize: normalizeEmail };

const readAsPhone = { ...alone, hashed: true, country: "declared" } as const;

/** SHA-256 of digits only, country code first. */
export const phoneDigitsHash: IdentityKey = { ...readAsPhone, options: ["phoneFormat"], normalize: phoneDigits };
/** SHA-256 of E.164 with its "+". */
export const phoneHash: IdentityKey = { ...readAsPhone, options: ["phoneFormat"], normalize: normalizePhone };
/** E.164 itself, for tools that send messages. */
export const plainPhone: IdentityKey = { ...phoneHash, plain: true };

/** Lower case with hyphens, as it is. */
export const advertisingId: IdentityKey = { ...alone, hashed: false, normalize: normalizeAdvertisingId };
/** SHA-256 of it. */
export const advertisingIdHash: IdentityKey = { ...advertisingId, hashed: true };

/** Codes made by the advertiser or the platform: no identifier of a person to anybody else, and never changed. */
export const externalId: IdentityKey = { ...alone, hashed: false, asIs: true, normalize: accept };

/** ISO 3166-1 alpha-2 in upper case, as it is. */
export const upperCountry: Normalize = (text) => {
  const code = countryCode(text);
  return code ? accept(code) : reject("unknown_country");
};
