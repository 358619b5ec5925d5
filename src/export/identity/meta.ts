/**
 * Identifiers as Meta's custom audiences take them. Hashed keys are normalised by the guide for customer lists; where it
 * is silent, the choice stands beside the rule. Meta's Conversions API hashes differently in places and is no model here.
 */
import { type BirthDate, isBirthYear, parseBirthDate } from "./birth-date.ts";
import { advertisingId, emailHash, externalId, phoneDigitsHash } from "./common-keys.ts";
import { countryCode } from "./country.ts";
import {
  accept,
  type IdentifierContext,
  type IdentifierOptions,
  type IdentityKey,
  type IdentityPlatform,
  type Normalize,
  type Normalized,
  reject,
} from "./identifier.ts";
import { foldAccents, hasForeignLetter, lowerCase } from "./text.ts";
import { usStateCode } from "./us-states.ts";

/**
 * Only m and f are Meta's; a data set's own words for them are mapped by its export, since none is a safe guess in every
 * language. A word mapped to "" is known and not sent.
 */
const gender: Normalize = (text, _context, options) => {
  const word = lowerCase(text);
  const mapped = Object.entries(options.values ?? {}).find(([from]) => lowerCase(from.normalize("NFC")) === word)?.[1] ?? word;
  if (mapped === "") return reject("empty");
  return mapped === "m" || mapped === "f" ? accept(mapped) : reject("unknown_gender");
};

/**
 * Lower case without punctuation and symbols, all scripts and accents kept. Spaces inside go as well, as in Meta's own
 * libraries; the guide does not say, hence the option. The joiners of Persian and Indic spelling (U+200C, U+200D) stay.
 */
const name: Normalize = (text, _context, options) => {
  const words = lowerCase(text)
    .replace(/[\p{P}\p{S}]/gu, "")
    .split(/[\s\u200B]+/)
    .filter((word) => word !== "");
  const joined = words.join(options.innerSpaces === "keep" ? " " : "").normalize("NFC");
  return /\p{L}/u.test(joined) ? accept(joined) : reject("no_letters");
};

/** The first character as people count code points, so that a letter beyond U+FFFF is not cut in half. */
const firstInitial: Normalize = (text, context, options) => {
  const full = name(text, context, options);
  const first = full.ok ? [...full.value][0] : undefined;
  return first && /\p{L}/u.test(first) ? accept(first) : reject("no_letters");
};

/** a-z only: accents are folded, everything else but letters goes, other scripts are refused. */
const city: Normalize = (text) => latinOnly(text, /[^a-z]/g);

/** Two letters in the United States. Elsewhere the name or code as given, with its digits: some countries number their regions. */
const state: Normalize = (text, context) => {
  if (countryCode(context.country) !== "US") return latinOnly(text, /[^a-z0-9]/g);
  const code = usStateCode(text);
  return code ? accept(code) : reject("unknown_state");
};

/** Five digits in the United States, the full code elsewhere (also in the United Kingdom: `m11ae`). */
const zip: Normalize = (text, context, options) => {
  const spaceless = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\s/g, "")
    .replace(/\p{Pd}/gu, "-");
  const country = countryCode(context.country);
  if (country === "US") {
    const five = /^(\d{5})(-?\d{4})?$/.exec(spaceless)?.[1];
    return five ? accept(five) : reject("invalid_zip");
  }
  // The American form without a country: hashing all nine digits would match nobody, and five of them is a guess.
  if (country === undefined && /^\d{5}-\d{4}$/.test(spaceless)) return reject("no_country");
  const code = options.zipDash === "cut" ? (spaceless.split("-")[0] ?? "") : spaceless.replaceAll("-", "");
  return /^[a-z0-9]{2,10}$/.test(code) ? accept(code) : reject("invalid_zip");
};

const country: Normalize = (text) => {
  const code = countryCode(text);
  return code ? accept(code.toLowerCase()) : reject("unknown_country");
};

/** The person's worth to the advertiser, for value-based audiences: a plain decimal, written in one way only. */
const value: Normalize = (text) => {
  const [, whole, fraction = ""] = /^\+?0*(\d+)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === undefined) return reject("invalid_value");
  const decimals = fraction.replace(/0+$/, "");
  return accept(decimals === "" ? whole : `${whole}.${decimals}`);
};

/** A part of the birth date, from a column that holds that part alone or the whole date. */
function datePart(alone: (text: string, context: IdentifierContext) => Normalized | undefined, part: (date: BirthDate) => string): Normalize {
  return (text, context, options: IdentifierOptions) => {
    const single = alone(text, context);
    if (single) return single;
    const date = parseBirthDate(text, context, options);
    return date.ok ? accept(part(date)) : date;
  };
}

const year = datePart(
  (text, context) => (/^\d{4}$/.test(text) ? (isBirthYear(text, context) ? accept(text) : reject("date_out_of_range")) : undefined),
  (born) => born.year,
);
const month = datePart(
  (text) => upTo(12, text),
  (born) => born.month,
);
const day = datePart(
  (text) => upTo(31, text),
  (born) => born.day,
);
/** Only in upload files, whose `dob` column is one whole date; Meta's own example hashes it as eight digits. */
const wholeDate = datePart(
  () => undefined,
  (born) => born.year + born.month + born.day,
);

function upTo(last: number, text: string): Normalized | undefined {
  if (!/^\d{1,2}$/.test(text)) return undefined;
  return Number(text) >= 1 && Number(text) <= last ? accept(text.padStart(2, "0")) : reject("invalid_date");
}

function latinOnly(text: string, dropped: RegExp): Normalized {
  const folded = foldAccents(text);
  if (hasForeignLetter(folded)) return reject("not_latin");
  const kept = folded.replace(dropped, "");
  return kept === "" ? reject("no_letters") : accept(kept);
}

const hashed = { hashed: true, matches: "together" } as const;
const date = { ...hashed, options: ["dateOrder"] } as const;
const personName = { ...hashed, permitsNullWord: true, options: ["innerSpaces"] } as const;

export const meta: IdentityPlatform = {
  name: "meta",
  keys: new Map<string, IdentityKey>([
    // Dots and suffixes stay, also for Gmail: Meta hashes the address as the person wrote it.
    ["EMAIL", emailHash],
    ["PHONE", phoneDigitsHash],
    ["GEN", { ...hashed, options: ["values"], normalize: gender }],
    ["DOBY", { ...date, normalize: year }],
    ["DOBM", { ...date, normalize: month }],
    ["DOBD", { ...date, normalize: day }],
    ["DOB", { ...date, normalize: wholeDate }],
    ["LN", { ...personName, normalize: name }],
    ["FN", { ...personName, normalize: name }],
    ["FI", { ...personName, normalize: firstInitial }],
    ["CT", { ...hashed, normalize: city }],
    ["ST", { ...hashed, country: "beside", normalize: state }],
    ["ZIP", { ...hashed, country: "beside", options: ["zipDash"], normalize: zip }],
    ["COUNTRY", { ...hashed, normalize: country }],
    ["MADID", advertisingId],
    ["EXTERN_ID", externalId],
    ["APPUID", externalId],
    ["PAGEUID", externalId],
    ["LOOKALIKE_VALUE", { hashed: false, matches: "never", normalize: value }],
  ]),
};
