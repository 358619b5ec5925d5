/** Google's and TikTok's identifiers against their published examples, and where they differ from Meta's. */
import { describe, expect, test } from "vitest";
import type { IdentifierContext } from "../../../src/export/identity/identifier.ts";
import { identityPlatforms } from "../../../src/export/identity/platforms.ts";
import { normalizeIdentifier, toIdentifier } from "../../../src/export/identity/to-identifier.ts";

function keyOf(platform: string, name: string) {
  const key = identityPlatforms.get(platform)?.keys.get(name);
  if (!key) throw new Error(`no key ${name}`);
  return key;
}
const context = (country?: string): IdentifierContext => ({ country, today: "2026-06-30" });
const normalized = (platform: string, name: string, value: unknown, country?: string) => {
  const result = normalizeIdentifier(keyOf(platform, name), value, context(country));
  return result.ok ? result.value : `<${result.reason}>`;
};
const cell = (platform: string, name: string, value: unknown, country?: string) => {
  const result = toIdentifier(keyOf(platform, name), value, context(country));
  return result.ok ? result.cell : `<${result.reason}>`;
};

describe("google", () => {
  test.each<[string, string, string, string]>([
    ["EMAIL", "alexz@example.com", "alexz@example.com", "509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a"],
    ["EMAIL", "cloudy.sanfrancisco+shopping@gmail.com", "cloudysanfrancisco@gmail.com", "223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4"],
    ["EMAIL", "user.name+NYC@Example.com", "user.name+nyc@example.com", "f109a2a632fbcea5fc82049f50beed3d8621bf9034399f437fb622222acccdac"],
    ["EMAIL", "j.e.f..ferson.Loves.hiking@gmail.com", "jeffersonloveshiking@gmail.com", "515d2f967f73864e76937ab2b897210a86fd286016903b1b08c3da07c75f513e"],
    ["PHONE", "1 800 555 0100", "+18005550100", "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30"],
    ["FN", "GivenName", "givenname", "128a07bfe2df877c52076e60d7774cf5baaa046c5a6c48daf30ff43ecca2f814"],
    ["LN", "FamilyName", "familyname", "77762c287e61ce065bee5c15464012c6fbe088398b8057627d5577249430d574"],
  ])("%s %s", (key, value, text, hash) => {
    expect([normalized("google", key, value, "US"), cell("google", key, value, "US")]).toEqual([text, hash]);
  });

  test.each<[string, string, string]>([
    ["EMAIL", " al exz @ example.com ", "alexz@example.com"],
    ["EMAIL", "a.b+c@googlemail.com", "ab@googlemail.com"],
    ["EMAIL", "+x@gmail.com", "<invalid_email>"],
    ["EMAIL", "quinn", "<invalid_email>"],
    ["EMAIL", "@example.com", "<invalid_email>"],
    ["FN", " Mr. Alex ", "alex"],
    ["FN", "Dr Zoë", "zoë"],
    ["FN", "Drew", "drew"],
    ["FN", " Mr. ", "<no_letters>"],
    ["LN", "quinn, jr., dds", "quinn"],
    ["LN", "Quinn III", "quinn"],
    ["LN", "quinn-alex", "quinn-alex"],
    ["LN", "Vi", "vi"],
    ["LN", "Null", "null"],
    ["COUNTRY", "United States", "US"],
    ["COUNTRY", "Atlantis", "<unknown_country>"],
    ["ZIP", " 94035-1234 ", "94035-1234"],
    ["ZIP", "M1 1AE", "M1 1AE"],
    ["ZIP", "?", "<invalid_zip>"],
    ["MADID", "AECE52E7-03EE-455A-B3C4-E57283966239", "aece52e7-03ee-455a-b3c4-e57283966239"],
    ["MADID", "00000000-0000-0000-0000-000000000000", "<zero_advertising_id>"],
  ])("%s %j", (key, value, text) => {
    expect(normalized("google", key, value)).toBe(text);
  });

  test("countries, postal codes and mobile ids go out as they are", () => {
    const plain = [...(identityPlatforms.get("google")?.keys ?? [])].filter(([, key]) => !key.hashed).map(([name]) => name);
    expect(plain).toEqual(["COUNTRY", "ZIP", "MADID"]);
  });
});

describe("tiktok", () => {
  test.each<[string, string, string]>([
    ["EMAIL", "janedoe@gmail.com", "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69"],
    ["MADID", "5F3A2B18-9c4d-4e7f-b8e2-17d3a1e69b25", "83dc3f5f32b9472613b0f038d36f22585a609d018af6f6067f50da318bf354bd"],
    ["PHONE", "+374-93-828222", "65b7e6dcf6f4310f8d7cbfbd78289a753062fb054d6664fb9aaac5df66a422d4"],
  ])("%s %s", (key, value, hash) => {
    expect(cell("tiktok", key, value)).toBe(hash);
  });

  test.each<[string, string, string, string?]>([
    ["EMAIL", " Jane.Doe+x@Gmail.com ", "jane.doe@gmail.com"],
    ["EMAIL", "+x@gmail.com", "<invalid_email>"],
    ["PHONE", "(657)777-0000", "16577770000", "US"],
    ["PHONE", "+44 (0)20 7946 0958", "442079460958"],
    ["IDFA", "00000000-0000-0000-0000-000000000000", "<zero_advertising_id>"],
  ])("%s %j", (key, value, text, country) => {
    expect(normalized("tiktok", key, value, country)).toBe(text);
  });

  test("everything is hashed", () => {
    expect([...(identityPlatforms.get("tiktok")?.keys.values() ?? [])].every(({ hashed }) => hashed)).toBe(true);
  });
});
