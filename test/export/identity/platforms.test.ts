/** All platforms side by side: one person on each of them, published hashes, awkward texts, and which identifiers go together. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { IdentifierContext, IdentifierOptions } from "../../../src/export/identity/identifier.ts";
import { identityPlatforms } from "../../../src/export/identity/platforms.ts";
import { rejectReasons } from "../../../src/export/identity/reject-reasons.ts";
import { normalizeIdentifier, toIdentifier } from "../../../src/export/identity/to-identifier.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");

function keyOf(platform: string, name: string) {
  const key = identityPlatforms.get(platform)?.keys.get(name);
  if (!key) throw new Error(`${platform} has no key ${name}`);
  return key;
}

const context = (country?: string): IdentifierContext => ({ country, today: "2026-06-30" });

function normalized(platform: string, name: string, value: unknown, country?: string, options: IdentifierOptions = {}): string {
  const result = normalizeIdentifier(keyOf(platform, name), value, context(country), options);
  return result.ok ? result.value : `<${result.reason}>`;
}

function cell(platform: string, name: string, value: unknown, country?: string, options: IdentifierOptions = {}): string {
  const result = toIdentifier(keyOf(platform, name), value, context(country), options);
  return result.ok ? result.cell : `<${result.reason}>`;
}

const platforms = [...identityPlatforms.values()];
const withKey = (name: string) => platforms.filter(({ keys }) => keys.has(name)).map((platform) => platform.name);
describe("one person on every platform", () => {
  const addresses: Readonly<Record<string, string>> = {
    google: "janedoe@gmail.com",
    tiktok: "jane.doe@gmail.com",
  };
  test.each(withKey("EMAIL"))("%s: e-mail", (platform) => {
    const expected = addresses[platform] ?? "jane.doe+x@gmail.com";
    expect(normalized(platform, "EMAIL", " Jane.Doe+x@Gmail.com ")).toBe(expected);
    expect(cell(platform, "EMAIL", " Jane.Doe+x@Gmail.com ")).toBe(sha(expected));
  });

  const withPlus = ["google", "x", "klaviyo", "onesignal"];
  test.each(withKey("PHONE"))("%s: phone", (platform) => {
    const expected = withPlus.includes(platform) ? "+442079460958" : "442079460958";
    expect(normalized(platform, "PHONE", "+44 (0)20 7946 0958")).toBe(expected);
    expect(normalized(platform, "PHONE", "020 7946 0958", "United Kingdom")).toBe(expected);
    expect(cell(platform, "PHONE", "+44 (0)20 7946 0958")).toBe(sha(expected));
  });

  const hashedIds = ["tiktok", "snapchat", "pinterest", "x"];
  test.each(withKey("MADID"))("%s: advertising id", (platform) => {
    const id = "aece52e7-03ee-455a-b3c4-e57283966239";
    expect(cell(platform, "MADID", "AECE52E7-03EE-455A-B3C4-E57283966239")).toBe(hashedIds.includes(platform) ? sha(id) : id);
    expect(cell(platform, "MADID", "00000000-0000-0000-0000-000000000000")).toBe("<zero_advertising_id>");
    expect(cell(platform, "MADID", "gaid-1")).toBe("<invalid_advertising_id>");
  });

  test.each([
    ["meta", sha("us")],
    ["google", "US"],
    ["linkedin", "US"],
  ])("%s: country", (platform, expected) => {
    expect(cell(platform, "COUNTRY", "United States")).toBe(expected);
    expect(cell(platform, "COUNTRY", "Atlantis")).toBe("<unknown_country>");
  });

  test.each([
    ["meta", sha("94035")],
    ["google", "94035-1234"],
  ])("%s: postal code", (platform, expected) => {
    expect(cell(platform, "ZIP", " 94035-1234 ", "US")).toBe(expected);
  });

  test.each(withKey("EXTERN_ID"))("%s: the advertiser's own id is never changed", (platform) => {
    expect(cell(platform, "EXTERN_ID", " Cust-00042 ")).toBe("Cust-00042");
    expect(cell(platform, "EXTERN_ID", "e\u0301")).toBe("e\u0301");
    expect(cell(platform, "EXTERN_ID", sha("x"), undefined, { hashed: true })).toBe("<never_hashed>");
  });
});

describe("published hashes", () => {
  test.each<[string, string, string, string, string?]>([
    ["snapchat", "EMAIL", "Person@Example.com", "542d240129883c019e106e3b1b2d3f3cb3537c43c425364de8e951d5a3083345"],
    ["snapchat", "PHONE", "+44 844 412 4653", "dc008fda46e2e64002cf2f82a4906236282d431c4f75e5b60bfe79fc48546383"],
    ["snapchat", "PHONE", "0844 412 4653", "dc008fda46e2e64002cf2f82a4906236282d431c4f75e5b60bfe79fc48546383", "GB"],
    ["snapchat", "EMAIL", "person@email.com", "b375b7bbddb3de3298fbc7641063d9f03a38e118aa4480c8ab9f58740982e8bd"],
    ["snapchat", "PHONE", "1 706-767-5127", "2fd199db6d3fa9fe754886ff1822f2867fcb104a6639495eca25c2978efe4ed4", "US"],
    ["x", "HANDLE", "@AdsAPI", "49e0be2aeccfb51a8dee4c945c8a70a9ac500cf6f5cb08112575f74db9b1470d"],
    ["tiktok", "EMAIL", "JaneDoe+news@gmail.com", "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69"],
    ["tiktok", "MADID", "5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25", "83dc3f5f32b9472613b0f038d36f22585a609d018af6f6067f50da318bf354bd"],
    ["tiktok", "PHONE", "374-93-828222", "65b7e6dcf6f4310f8d7cbfbd78289a753062fb054d6664fb9aaac5df66a422d4", "AM"],
  ])("%s %s %s", (platform, key, value, hash, country) => {
    expect(cell(platform, key, value, country)).toBe(hash);
  });
});

describe("what only some platforms take, and what their documents disagree on", () => {
  test.each<[string, string, unknown, string, IdentifierOptions?, string?]>([
    ["tiktok", "EMAIL", "Jane.Doe+x@Gmail.com", "janedoe@gmail.com", { emailDots: "remove" }],
    ["tiktok", "EMAIL", "...@gmail.com", "<invalid_email>", { emailDots: "remove" }],
    ["tiktok", "PHONE", "(657)777-0000", "16577770000", {}, "US"],
    ["tiktok", "PHONE", "(657)777-0000", "+16577770000", { phonePlus: true }, "US"],
    ["x", "PHONE", "(657)777-0000", "16577770000", { phonePlus: false }, "US"],
    ["snapchat", "PHONE", "16577770000", "16577770000", { phoneFormat: "e164_digits" }],
    ["x", "HANDLE", "two words", "<invalid_handle>"],
    ["x", "USER_ID", "143567", "143567"],
    ["x", "USER_ID", 143567, "143567"],
    ["x", "USER_ID", "jack", "<invalid_user_id>"],
    ["linkedin", "FN", " Zoë  Marie ", "Zoë Marie"],
    ["linkedin", "LN", "Null", "Null"],
    ["linkedin", "COMPANY", "3M", "3M"],
    ["linkedin", "JOB_TITLE", "42", "<no_letters>"],
    ["criteo", "GUM", "AbC-1", "AbC-1"],
    ["criteo", "IDENTITY_LINK", "XY1005", "XY1005"],
    ["braze", "ALIAS_NAME", "Ann", "Ann"],
  ])("%s %s %j is %s", (platform, key, value, expected, options = {}, country = undefined) => {
    expect(normalized(platform, key, value, country, options)).toBe(expected);
  });
});

describe("awkward texts", () => {
  // A dotted capital I becomes i and a mark, a sigma that ends a word becomes the final one, in NFC: as JavaScript and Python have it.
  const addresses: readonly (readonly [string, string])[] = [
    ["vale\u0301ry@example.com", "valéry@example.com"],
    ["valéry@example.com", "valéry@example.com"],
    ["İnfo@example.com", "i\u0307nfo@example.com"],
    ["ΓΙΩΡΓΟΣ@example.gr", "γιωργος@example.gr"],
    // A dot ends no word to Unicode.
    ["ΣΊΣΥΦΟΣ.Α@example.gr", "σίσυφοσ.α@example.gr"],
    ["\u200B\uFEFFmary@example.com\u200D\u00A0", "mary@example.com"],
    ["ma\u200Bry@exam\uFEFFple.com", "mary@example.com"],
    ["\u3000mary@example.com\t\n", "mary@example.com"],
    ["정민@example.kr".normalize("NFD"), "정민@example.kr"],
  ];
  test.each(withKey("EMAIL"))("%s: addresses", (platform) => {
    for (const [written, read] of addresses) expect(normalized(platform, "EMAIL", written)).toBe(read);
    for (const wrong of ["quinn", "@example.com", "a@b@example.com", "a@example", "a@example.com,"]) {
      expect(normalized(platform, "EMAIL", wrong)).toBe("<invalid_email>");
    }
  });

  test.each(["meta", "google"])("%s: names", (platform) => {
    expect(cell(platform, "FN", "정")).toBe(sha("정"));
    expect(cell(platform, "FN", "정".normalize("NFD"))).toBe(sha("정"));
    expect(cell(platform, "LN", "김")).toBe(sha("김"));
    expect(cell(platform, "LN", "ΓΙΏΡΓΟΣ")).toBe(sha("γιώργος"));
    expect(cell(platform, "FN", "İbrahim")).toBe(sha("i\u0307brahim"));
    expect(cell(platform, "FN", "\u200BVale\u0301ry\uFEFF")).toBe("08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c");
  });

  const numbers: readonly (readonly [string, string, string])[] = [
    ["(650) 555-1212", "US", "16505551212"],
    ["416-555-0123", "CA", "14165550123"],
    ["010-1234-5678", "KR", "821012345678"],
    ["090-1234-5678", "JP", "819012345678"],
    ["138 0013 8000", "CN", "8613800138000"],
    ["0912 345 678", "TW", "886912345678"],
    ["9123 4567", "SG", "6591234567"],
    ["098765 43210", "IN", "919876543210"],
    ["0412 345 678", "AU", "61412345678"],
    ["020 7946 0958", "GB", "442079460958"],
    ["030 123456", "DE", "4930123456"],
    ["01 23 45 67 89", "FR", "33123456789"],
    ["06 6981 2345", "IT", "390669812345"],
    ["612 34 56 78", "ES", "34612345678"],
    ["0532 123 45 67", "TR", "905321234567"],
    ["8 (812) 123-45-67", "RU", "78121234567"],
    ["(11) 91234-5678", "BR", "5511912345678"],
    ["55 1234 5678", "MX", "525512345678"],
    ["050 123 4567", "AE", "971501234567"],
    ["082 123 4567", "ZA", "27821234567"],
  ];
  test.each(withKey("PHONE"))("%s: phones of twenty countries", (platform) => {
    for (const [written, country, digits] of numbers) {
      expect(normalized(platform, "PHONE", written, country).replace(/^\+/, "")).toBe(digits);
      expect(normalized(platform, "PHONE", `00${digits}`).replace(/^\+/, "")).toBe(digits);
    }
    expect(normalized(platform, "PHONE", "01(706)-767-5127", "US")).toBe("<not_a_phone>");
    expect(normalized(platform, "PHONE", "010-1234-5678")).toBe("<no_country>");
  });
});

describe("what holds for every key of every platform", () => {
  const everyKey = platforms.flatMap((platform) => [...platform.keys.keys()].map((key) => [platform.name, key] as const));

  test.each(everyKey)("%s %s: nothing stays nothing", (platform, key) => {
    for (const nothing of [null, undefined, "", " \t", "\u3000", "\u200B", Number.NaN]) {
      expect(cell(platform, key, nothing)).toBe("<empty>");
      expect(cell(platform, key, nothing, undefined, { hashed: true })).toBe("<empty>");
    }
    if (!keyOf(platform, key).permitsNullWord) expect([cell(platform, key, "NULL"), cell(platform, key, "undefined")]).toEqual(["<null_word>", "<null_word>"]);
    if (keyOf(platform, key).hashed) expect(cell(platform, key, sha("x"))).toBe("<already_hashed>");
  });

  test("nothing throws, and no cell is empty or the hash of nothing", () => {
    const anyValue = fc.oneof(fc.string({ unit: "grapheme" }), fc.emailAddress(), fc.uuid(), fc.integer(), fc.anything());
    const anyOptions = fc.record({ hashed: fc.boolean(), phonePlus: fc.boolean(), emailDots: fc.constantFrom("keep" as const, "remove" as const) });
    fc.assert(
      fc.property(anyValue, fc.constantFrom("US", "KR", "Atlantis", undefined), anyOptions, (value, country, options) => {
        for (const [platform, key] of everyKey) {
          const result = toIdentifier(keyOf(platform, key), value, context(country), options);
          if (!result.ok) expect(Object.hasOwn(rejectReasons, result.reason)).toBe(true);
          else if (result.hashed) expect(result.cell).toMatch(/^(?!e3b0c442)[0-9a-f]{64}$/);
          else expect(result.cell).not.toBe("");
        }
      }),
      { numRuns: 60 },
    );
  });

  test("a key that is sent plain is kept hashed", () => {
    expect(everyKey.filter(([platform, key]) => keyOf(platform, key).plain && !keyOf(platform, key).hashed)).toEqual([]);
    expect(everyKey.filter(([platform, key]) => keyOf(platform, key).plain).map((found) => found.join(" "))).toEqual([
      "linkedin FN",
      "linkedin LN",
      "linkedin JOB_TITLE",
      "linkedin COMPANY",
      "klaviyo EMAIL",
      "klaviyo PHONE",
      "iterable EMAIL",
      "customerio EMAIL",
      "onesignal EMAIL",
      "onesignal PHONE",
    ]);
  });
});

describe("which identifiers go together", () => {
  const problems = (platform: string, ...keys: readonly string[]) => identityPlatforms.get(platform)?.problemsWith?.(keys) ?? [];

  test.each<[string, readonly string[]]>([
    ["google", ["EMAIL", "PHONE", "FN", "LN", "COUNTRY", "ZIP"]],
    ["google", ["MADID"]],
    ["snapchat", ["EMAIL"]],
    ["pinterest", ["MADID"]],
    ["linkedin", ["EMAIL", "FN", "LN", "COMPANY"]],
    ["x", ["EMAIL", "PHONE", "MADID", "HANDLE", "USER_ID", "EXTERN_ID"]],
    ["microsoft", ["EMAIL", "EXTERN_ID"]],
    ["criteo", ["EMAIL"]],
    ["braze", ["EXTERN_ID"]],
    ["braze", ["ALIAS_NAME", "ALIAS_LABEL"]],
    ["iterable", ["EXTERN_ID"]],
    ["customerio", ["EMAIL"]],
    ["onesignal", ["EXTERN_ID", "EMAIL", "PHONE"]],
  ])("%s takes %j", (platform, keys) => {
    expect(problems(platform, ...keys)).toEqual([]);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    [
      "google",
      ["EMAIL", "MADID", "FN", "LN", "ZIP"],
      [
        "Google takes advertising ids in lists of their own: make one export with MADID and one with the other identifiers",
        "Google matches an address by all of FN, LN, COUNTRY, ZIP, and COUNTRY is not mapped",
      ],
    ],
    ["snapchat", ["EMAIL", "PHONE"], ["Snapchat takes one kind of identifier in a list, not EMAIL and PHONE together: make one export for each"]],
    ["pinterest", ["EMAIL", "MADID"], ["Pinterest takes one kind of identifier in a list, not EMAIL and MADID together: make one export for each"]],
    ["criteo", ["EMAIL", "GUM"], ["Criteo takes one kind of identifier in a list, not EMAIL and GUM together: make one export for each"]],
    ["linkedin", ["EMAIL", "LN"], ["LinkedIn matches a name by all of FN, LN, and FN is not mapped"]],
    ["braze", ["ALIAS_NAME"], ["Braze knows an alias by all of ALIAS_NAME, ALIAS_LABEL, and ALIAS_LABEL is not mapped"]],
    [
      "braze",
      ["EXTERN_ID", "ALIAS_NAME", "ALIAS_LABEL"],
      ["Braze takes one kind of identifier in a list, not EXTERN_ID and ALIAS_NAME together: make one export for each"],
    ],
    ["iterable", ["EXTERN_ID", "EMAIL"], ["Iterable takes one kind of identifier in a list, not EXTERN_ID and EMAIL together: make one export for each"]],
    ["customerio", ["EXTERN_ID", "EMAIL"], ["Customer.io takes one kind of identifier in a list, not EXTERN_ID and EMAIL together: make one export for each"]],
  ])("%s does not take %j", (platform, keys, said) => {
    expect(problems(platform, ...keys)).toEqual(said);
  });
});
