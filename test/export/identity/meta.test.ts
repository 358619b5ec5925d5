/** Meta's identifiers against the guide's examples and the cases in which implementations are known to differ. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { IdentifierContext, IdentifierOptions, IdentityKey } from "../../../src/export/identity/identifier.ts";
import { meta } from "../../../src/export/identity/meta.ts";
import { identityPlatforms } from "../../../src/export/identity/platforms.ts";
import { type RejectReason, rejectReasons } from "../../../src/export/identity/reject-reasons.ts";
import { normalizeIdentifier, toIdentifier } from "../../../src/export/identity/to-identifier.ts";

type Context = Partial<IdentifierContext> & IdentifierOptions;

function keyOf(name: string): IdentityKey {
  const key = meta.keys.get(name);
  if (!key) throw new Error(`no key ${name}`);
  return key;
}

function split({ country, today = "2026-06-30", ...options }: Context): [IdentifierContext, IdentifierOptions] {
  return [{ country, today }, options];
}

/** The normalised text, or the reason in brackets, so that tables show both alike. */
function normalized(name: string, value: unknown, context: Context = {}): string {
  const result = normalizeIdentifier(keyOf(name), value, ...split(context));
  return result.ok ? result.value : `<${result.reason}>`;
}

function cell(name: string, value: unknown, context: Context = {}): string {
  const result = toIdentifier(keyOf(name), value, ...split(context));
  return result.ok ? result.cell : `<${result.reason}>`;
}

const mary = "f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79";
const hashOfEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const hashOfNull = "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b";
const hashOfUndefined = "eb045d78d273107348b0300c01d29b7552d622abbc6faf81b3ec55359aa9950c";

describe("which keys there are, and which are hashed", () => {
  test("hashed and plain keys", () => {
    const names = (hashed: boolean) => [...meta.keys].filter(([, key]) => key.hashed === hashed).map(([name]) => name);
    expect(names(true)).toEqual(["EMAIL", "PHONE", "GEN", "DOBY", "DOBM", "DOBD", "DOB", "LN", "FN", "FI", "CT", "ST", "ZIP", "COUNTRY"]);
    expect(names(false)).toEqual(["MADID", "EXTERN_ID", "APPUID", "PAGEUID", "LOOKALIKE_VALUE"]);
  });

  test("the platform is registered under its name", () => {
    expect(identityPlatforms.get("meta")).toBe(meta);
  });
});

describe("official examples with their hashes", () => {
  test.each<[string, unknown, Context, string, string]>([
    ["EMAIL", "mary@example.com", {}, "mary@example.com", mary],
    ["EMAIL", "John_Smith@gmail.com", {}, "john_smith@gmail.com", "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"],
    ["PHONE", "+1 (555) 987-6543", {}, "15559876543", "1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e"],
    ["PHONE", "(650)555-1212", { country: "US" }, "16505551212", "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"],
    ["FN", "Mary", {}, "mary", "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec"],
    ["FN", "정", {}, "정", "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14"],
    ["FN", "Valéry", {}, "valéry", "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c"],
    ["DOB", "2/16/1997", {}, "19970216", "01acdbf6ec7b4f478a225f1a246e5d6767eeab1a7ffa17f025265b5b94f40f0c"],
    ["COUNTRY", "United States", {}, "us", "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621"],
    ["LN", "test", {}, "test", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
  ])("%s %s", (key, value, context, text, hash) => {
    expect(normalized(key, value, context)).toBe(text);
    expect(cell(key, value, context)).toBe(hash);
  });
});

describe("normalisation", () => {
  const rows: readonly [string, unknown, Context, string][] = [
    // One person on eight platforms: Meta's column.
    ["EMAIL", " Jane.Doe+x@Gmail.com ", {}, "jane.doe+x@gmail.com"],
    ["PHONE", "+44 (0)20 7946 0958", {}, "442079460958"],
    ["MADID", "AECE52E7-03EE-455A-B3C4-E57283966239", {}, "aece52e7-03ee-455a-b3c4-e57283966239"],
    ["COUNTRY", "United States", {}, "us"],
    ["ZIP", "94035-1234", { country: "US" }, "94035"],
    // Where other implementations disagree.
    ["ZIP", "00-950", { country: "PL" }, "00950"],
    ["ZIP", "100-0001", { country: "JP" }, "1000001"],
    ["ZIP", "00-950", { country: "PL", zipDash: "cut" }, "00"],
    ["ZIP", "100-0001", { country: "JP", zipDash: "cut" }, "100"],
    ["FN", "Mary Ann", {}, "maryann"],
    ["FN", "Mary Ann", { innerSpaces: "keep" }, "mary ann"],
    ["FN", "José", {}, "josé"],
    ["GEN", "unknown", {}, "<unknown_gender>"],
    ["PHONE", "+0000000000", {}, "<not_a_phone>"],
    // E-mail.
    ["EMAIL", "\u200B\uFEFF mary@example.com\u200D\u00A0", {}, "mary@example.com"],
    ["EMAIL", "mary\u200B@example.com", {}, "mary@example.com"],
    ["EMAIL", "J.O.H.N+news@GMAIL.com", {}, "j.o.h.n+news@gmail.com"],
    ["EMAIL", "İnfo@example.com", {}, "i\u0307nfo@example.com"],
    ["EMAIL", "quinn", {}, "<invalid_email>"],
    ["EMAIL", "@example.com", {}, "<invalid_email>"],
    ["EMAIL", "a@b@example.com", {}, "<invalid_email>"],
    ["EMAIL", "a@example", {}, "<invalid_email>"],
    ["EMAIL", "a b@example.com", {}, "<invalid_email>"],
    ["EMAIL", "a@example.com,", {}, "<invalid_email>"],
    ["EMAIL", "a@example..com", {}, "<invalid_email>"],
    ["EMAIL", "Mary <mary@example.com>", {}, "<invalid_email>"],
    ["EMAIL", "user@例え.jp", {}, "user@例え.jp"],
    // Gender.
    ["GEN", "M", {}, "m"],
    ["GEN", " f ", {}, "f"],
    ["GEN", "male", {}, "<unknown_gender>"],
    ["GEN", "Male", { values: { male: "m" } }, "m"],
    ["GEN", "KADIN", { values: { Kadin: "f" } }, "f"],
    ["GEN", "other", { values: { other: "x" } }, "<unknown_gender>"],
    ["GEN", "Other", { values: { other: "" } }, "<empty>"],
    ["GEN", "constructor", { values: {} }, "<unknown_gender>"],
    // Dates of birth.
    ["DOBY", "1997", {}, "1997"],
    ["DOBY", 1997, {}, "1997"],
    ["DOBY", "1997-02-16", {}, "1997"],
    ["DOBY", "1899", {}, "<date_out_of_range>"],
    ["DOBY", "1900", {}, "1900"],
    ["DOBY", "2026", {}, "2026"],
    ["DOBY", "2027", {}, "<date_out_of_range>"],
    ["DOBY", "97", {}, "<invalid_date>"],
    ["DOBY", "1899-12-31", {}, "<date_out_of_range>"],
    ["DOBY", "2026-06-30", {}, "2026"],
    ["DOBY", "2026-07-01", {}, "<date_out_of_range>"],
    ["DOBM", "2026-12-24", {}, "<date_out_of_range>"],
    ["DOBM", "2", {}, "02"],
    ["DOBM", 12, {}, "12"],
    ["DOBM", "13", {}, "<invalid_date>"],
    ["DOBM", "0", {}, "<invalid_date>"],
    ["DOBM", "1997-02-16 00:00:00", {}, "02"],
    ["DOBD", "1", {}, "01"],
    ["DOBD", "31", {}, "31"],
    ["DOBD", "32", {}, "<invalid_date>"],
    ["DOBD", "2/16/1997", {}, "16"],
    ["DOB", "1997-02-16", {}, "19970216"],
    ["DOB", "1997-2-6", {}, "19970206"],
    ["DOB", "1997/02/16", {}, "19970216"],
    ["DOB", "19970216", {}, "19970216"],
    ["DOB", "1997-02-16T00:00:00.000Z", {}, "19970216"],
    ["DOB", "1997-02-16 09:30:00+09", {}, "19970216"],
    ["DOB", "1997-02-16 and more", {}, "<invalid_date>"],
    ["DOB", "16/2/1997", {}, "<invalid_date>"],
    ["DOB", "16/2/1997", { dateOrder: "dmy" }, "19970216"],
    ["DOB", "16.2.1997", {}, "<invalid_date>"],
    ["DOB", "01.02.1997", {}, "<invalid_date>"],
    ["DOB", "01.02.1997", { dateOrder: "dmy" }, "19970201"],
    ["DOB", "10/21/68", {}, "<invalid_date>"],
    ["DOB", "1997-02-30", {}, "<invalid_date>"],
    ["DOB", "2000-02-29", {}, "20000229"],
    ["DOB", "1900-02-29", {}, "<invalid_date>"],
    ["DOB", "1997-00-10", {}, "<invalid_date>"],
    // Names.
    ["FN", "O'Brien-Smith Jr.", {}, "obriensmithjr"],
    ["FN", "O’Brien", {}, "obrien"],
    ["FN", "O`Brien", {}, "obrien"],
    ["FN", "Vale\u0301ry", {}, "valéry"],
    ["FN", "정".normalize("NFD"), {}, "정"],
    ["LN", "ΓΙΏΡΓΟΣ", {}, "γιώργος"],
    ["LN", "ΝΊΚΟΣ ΓΙΏΡΓΟΣ", {}, "νίκοςγιώργος"],
    ["FN", "İbrahim", {}, "i\u0307brahim"],
    ["FN", "IŞIK", {}, "işik"],
    ["LN", "Null", {}, "null"],
    ["FN", "undefined", {}, "undefined"],
    ["LN", "김 민준", {}, "김민준"],
    ["LN", "\u3000山田\u3000", {}, "山田"],
    ["LN", "علی\u200Cرضا", {}, "علی\u200Cرضا"],
    ["FN", "...", {}, "<no_letters>"],
    ["FN", "Mary 🌸", {}, "mary"],
    ["FI", "Mary", {}, "m"],
    ["FI", "'Élodie", {}, "é"],
    ["FI", "정민", {}, "정"],
    ["FI", "𠮷田", {}, "𠮷"],
    ["FI", "-", {}, "<no_letters>"],
    // Places.
    ["CT", "São Paulo", {}, "saopaulo"],
    ["CT", "St. John's", {}, "stjohns"],
    ["CT", "İzmir", {}, "izmir"],
    ["CT", "Diyarbakır", {}, "diyarbakir"],
    ["CT", "Łódź", {}, "lodz"],
    ["CT", "København Ø", {}, "kobenhavno"],
    ["CT", "Gießen", {}, "giessen"],
    ["CT", "Menlo Park 2", {}, "menlopark"],
    ["CT", "서울", {}, "<not_latin>"],
    ["CT", "Москва", {}, "<not_latin>"],
    ["CT", "12345", {}, "<no_letters>"],
    ["ST", "CA", { country: "US" }, "ca"],
    ["ST", "California", { country: "United States" }, "ca"],
    ["ST", "north carolina", { country: "us" }, "nc"],
    ["ST", "US-NY", { country: "US" }, "ny"],
    ["ST", "D.C.", { country: "US" }, "dc"],
    ["ST", "Washington, D.C.", { country: "US" }, "dc"],
    ["ST", "Washington", { country: "US" }, "wa"],
    ["ST", "Puerto Rico", { country: "US" }, "pr"],
    ["ST", "U.S. Virgin Islands", { country: "US" }, "vi"],
    ["ST", "Ontario", { country: "US" }, "<unknown_state>"],
    ["ST", "Ontario", { country: "CA" }, "ontario"],
    ["ST", "ON", { country: "CA" }, "on"],
    ["ST", "California", {}, "california"],
    ["ST", "São Paulo", { country: "BR" }, "saopaulo"],
    ["ST", "13", { country: "JP" }, "13"],
    ["ST", "경기도", { country: "KR" }, "<not_latin>"],
    ["ST", "-", { country: "KR" }, "<no_letters>"],
    ["ZIP", "94035", { country: "US" }, "94035"],
    ["ZIP", "940351234", { country: "US" }, "94035"],
    ["ZIP", 94035, { country: "US" }, "94035"],
    ["ZIP", 2139, { country: "US" }, "<invalid_zip>"],
    ["ZIP", "02139", { country: "US" }, "02139"],
    ["ZIP", "M1 1AE", { country: "GB" }, "m11ae"],
    ["ZIP", "K1A 0B1", { country: "CA" }, "k1a0b1"],
    ["ZIP", "01310–100", { country: "BR" }, "01310100"],
    ["ZIP", "１００−０００１", { country: "JP" }, "<invalid_zip>"],
    ["ZIP", "１００－０００１", { country: "JP" }, "1000001"],
    ["ZIP", "04524", {}, "04524"],
    ["ZIP", "94035-1234", {}, "<no_country>"],
    ["ZIP", "12 Main Street, Springfield", { country: "GB" }, "<invalid_zip>"],
    ["COUNTRY", "KR", {}, "kr"],
    ["COUNTRY", "Republic of Korea", {}, "kr"],
    ["COUNTRY", "usa", {}, "us"],
    ["COUNTRY", "Atlantis", {}, "<unknown_country>"],
    ["COUNTRY", "ZZ", {}, "<unknown_country>"],
    // Identifiers that are never hashed.
    ["MADID", "00000000-0000-0000-0000-000000000000", {}, "<zero_advertising_id>"],
    ["MADID", "00000000000000000000000000000000", {}, "<zero_advertising_id>"],
    ["MADID", "aece52e703ee455ab3c4e57283966239", {}, "<invalid_advertising_id>"],
    ["MADID", "gaid-1", {}, "<invalid_advertising_id>"],
    ["EXTERN_ID", " Cust-00042 ", {}, "Cust-00042"],
    ["EXTERN_ID", "e\u0301", {}, "e\u0301"],
    ["EXTERN_ID", 42n, {}, "42"],
    ["EXTERN_ID", 2 ** 53, {}, "<unsupported_type>"],
    ["APPUID", "1234567890", {}, "1234567890"],
    ["PAGEUID", "1234567890", {}, "1234567890"],
    ["LOOKALIKE_VALUE", 20.1, {}, "20.1"],
    ["LOOKALIKE_VALUE", "020.10", {}, "20.1"],
    ["LOOKALIKE_VALUE", "1250000.00", {}, "1250000"],
    ["LOOKALIKE_VALUE", 0, {}, "0"],
    ["LOOKALIKE_VALUE", "-1", {}, "<invalid_value>"],
    ["LOOKALIKE_VALUE", "1,000", {}, "<invalid_value>"],
    ["LOOKALIKE_VALUE", "1e3", {}, "<invalid_value>"],
    ["LOOKALIKE_VALUE", Number.POSITIVE_INFINITY, {}, "<unsupported_type>"],
    ["LOOKALIKE_VALUE", Number.NaN, {}, "<empty>"],
  ];

  test.each(rows)("%s %s %j", (key, value, context, expected) => {
    expect(normalized(key, value, context)).toBe(expected);
  });
});

describe("what is never sent", () => {
  const nothing = [null, undefined, "", " ", "\t\n", "\u00A0", "\u3000", "\u200B", "\u200C\u200D\uFEFF"];
  test.each([...meta.keys.keys()])("%s: nothing stays nothing", (key) => {
    for (const value of nothing) {
      expect(cell(key, value)).toBe("<empty>");
      expect(cell(key, value, { hashed: true })).toBe("<empty>");
    }
  });

  test.each([...meta.keys.keys()].filter((key) => !["FN", "LN", "FI"].includes(key)))("%s: the words for nothing", (key) => {
    for (const word of ["null", "NULL", "undefined", " Undefined "]) expect(cell(key, word)).toBe("<null_word>");
  });

  test("both forms of one name have one hash", () => {
    expect(cell("LN", "Vale\u0301ry")).toBe(cell("LN", "Valéry"));
    expect(cell("LN", "Vale\u0301ry")).not.toBe("0aac459e98cd41b938bef8bd61c205563f95c46cf2e6d3c8ff1a9312f3924cce");
  });

  test("values of other types", () => {
    for (const value of [true, {}, [], new Date(0), Symbol("x"), () => "x", 1e21]) {
      for (const key of meta.keys.keys()) expect(cell(key, value)).toBe("<unsupported_type>");
    }
  });

  test("text that lost its characters", () => {
    expect(cell("FN", "Jos\uFFFD")).toBe("<malformed_text>");
    expect(cell("FN", "Jos\uD800")).toBe("<malformed_text>");
  });
});

describe("columns that are hashed already", () => {
  const hashed = { hashed: true };
  test.each<[string, unknown, Context, string]>([
    ["EMAIL", mary, hashed, mary],
    ["EMAIL", ` ${mary.toUpperCase()} `, hashed, mary],
    ["EMAIL", "mary@example.com", hashed, "<invalid_hash>"],
    ["EMAIL", mary.slice(1), hashed, "<invalid_hash>"],
    ["EMAIL", `${mary.slice(1)}g`, hashed, "<invalid_hash>"],
    ["EMAIL", hashOfEmpty, hashed, "<hash_of_nothing>"],
    ["FN", hashOfEmpty.toUpperCase(), hashed, "<hash_of_nothing>"],
    ["EMAIL", hashOfNull, hashed, "<hash_of_nothing>"],
    ["PHONE", hashOfUndefined, hashed, "<hash_of_nothing>"],
    ["LN", hashOfNull, hashed, hashOfNull],
    ["MADID", mary, hashed, "<never_hashed>"],
    ["EXTERN_ID", mary, hashed, "<never_hashed>"],
    // Looks are no declaration: a hash in a plain column is neither hashed again nor passed on.
    ["EMAIL", mary, {}, "<already_hashed>"],
    ["LN", mary.toUpperCase(), {}, "<already_hashed>"],
    ["EXTERN_ID", mary, {}, mary],
  ])("%s %s %j", (key, value, context, expected) => {
    expect(cell(key, value, context)).toBe(expected);
  });
});

describe("laws", () => {
  const anyValue = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.integer(), fc.double(), fc.bigInt(), fc.anything());
  const someText = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.emailAddress(),
    fc.uuid(),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.integer().map((n) => `+${n}`),
    fc.stringMatching(/^[İΣσςßéÉ정ｱZz'’ .-]{0,12}$/),
  );
  const anyCountry = fc.oneof(fc.constantFrom("US", "KR", "GB", "AQ", "Atlantis", ""), fc.anything());

  test("nothing throws, and a cell is never empty nor the hash of nothing", () => {
    fc.assert(
      fc.property(anyValue, anyCountry, fc.boolean(), (value, country, hashed) => {
        for (const key of meta.keys.values()) {
          const result = toIdentifier(key, value, { country, today: "2026-06-30" }, { hashed });
          if (!result.ok) expect(Object.hasOwn(rejectReasons, result.reason satisfies RejectReason)).toBe(true);
          else if (result.hashed) expect(result.cell).toMatch(/^(?!e3b0c442)[0-9a-f]{64}$/);
          else expect(result.cell).not.toBe("");
        }
      }),
      { numRuns: 300 },
    );
  });

  test("normalising what is normalised changes nothing", () => {
    fc.assert(
      fc.property(someText, fc.constantFrom("US", "KR", "JP", undefined), (value, country) => {
        for (const [name, key] of meta.keys) {
          const once = normalizeIdentifier(key, value, { country, today: "2026-06-30" });
          // Digits without "+" are a national number again, and a leading zero may go with each reading.
          if (!once.ok || name === "PHONE") continue;
          expect([name, normalizeIdentifier(key, once.value, { country, today: "2026-06-30" })]).toEqual([name, once]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
