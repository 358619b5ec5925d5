/**
 * Phone numbers to E.164. Numbers that could exist are accepted, because the stricter check refuses real ones (and the
 * platforms' own examples). Whether "+" is sent is for the platform to say.
 */
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js";
import { countryCode } from "./country.ts";
import { accept, type IdentifierContext, type IdentifierOptions, type Normalized, reject } from "./identifier.ts";

/** `+` and digits, such as +15559876543. A national number is read as one of the row's country; an extension is dropped. */
export function normalizePhone(text: string, context: IdentifierContext, options: IdentifierOptions): Normalized {
  const number = internationalPrefix(plainForm(text), options);
  const country = number.startsWith("+") ? undefined : phoneCountry(context.country);
  // The number must be all of the text: a number found somewhere in a sentence, or the first of two, would be a guess.
  const phone = parsePhoneNumberFromString(number, { ...(country && { defaultCountry: country }), extract: false });
  if (phone?.isPossible()) return /^0+$/.test(phone.nationalNumber) ? reject("not_a_phone") : accept(phone.number);
  if (phone || number.startsWith("+") || country || number.replace(/\P{Nd}/gu, "").length < 5) return reject("not_a_phone");
  return reject(countryMissing(context.country) ? "no_country" : "unknown_country");
}

/** The same as digits only, country code first, unless the export wants the "+". */
export function phoneDigits(text: string, context: IdentifierContext, options: IdentifierOptions): Normalized {
  const e164 = normalizePhone(text, context, options);
  return e164.ok && !options.phonePlus ? accept(e164.value.slice(1)) : e164;
}

/** Full-width digits become ASCII, the invisible direction marks that address books add around numbers go, and a "+" that stands in brackets leads. */
function plainForm(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(/^tel:/i, "")
    .replace(/^\(\s*(?=\+|00)/, "");
}

function internationalPrefix(text: string, options: IdentifierOptions): string {
  if (text.startsWith("00")) return `+${text.slice(2)}`;
  return options.phoneFormat === "e164_digits" && !text.startsWith("+") ? `+${text}` : text;
}

function phoneCountry(country: unknown): CountryCode | undefined {
  const code = countryCode(country);
  return code && isSupportedCountry(code) ? code : undefined;
}

function countryMissing(country: unknown): boolean {
  return country === null || country === undefined || (typeof country === "string" && country.trim() === "");
}
