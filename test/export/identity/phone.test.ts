/** Phone numbers as people write them in twenty countries, with and without a country to read them by. */
import { describe, expect, test } from "vitest";
import type { IdentifierOptions } from "../../../src/export/identity/identifier.ts";
import { normalizePhone } from "../../../src/export/identity/phone.ts";

function e164(text: string, country?: unknown, options: IdentifierOptions = {}): string {
  const result = normalizePhone(text, { country, today: "2026-06-30" }, options);
  return result.ok ? result.value : `<${result.reason}>`;
}

describe("twenty countries", () => {
  test.each([
    ["(650) 555-1212", "US", "+16505551212"],
    ["416-555-0123", "CA", "+14165550123"],
    ["010-1234-5678", "KR", "+821012345678"],
    ["02-312-3456", "South Korea", "+8223123456"],
    ["090-1234-5678", "JP", "+819012345678"],
    ["138 0013 8000", "CN", "+8613800138000"],
    ["0912 345 678", "TW", "+886912345678"],
    ["9123 4567", "SG", "+6591234567"],
    ["098765 43210", "IN", "+919876543210"],
    ["0412 345 678", "AU", "+61412345678"],
    ["020 7946 0958", "GB", "+442079460958"],
    ["030 123456", "DE", "+4930123456"],
    ["01 23 45 67 89", "FR", "+33123456789"],
    ["06 6981 2345", "IT", "+390669812345"],
    ["612 34 56 78", "ES", "+34612345678"],
    ["0532 123 45 67", "TR", "+905321234567"],
    ["8 (812) 123-45-67", "RU", "+78121234567"],
    ["(11) 91234-5678", "BR", "+5511912345678"],
    ["55 1234 5678", "MX", "+525512345678"],
    ["050 123 4567", "AE", "+971501234567"],
    ["082 123 4567", "ZA", "+27821234567"],
    ["93-82 82 22", "AM", "+37493828222"],
  ])("%s in %s", (text, country, expected) => {
    expect(e164(text, country)).toBe(expected);
  });
});

describe("forms and traps", () => {
  test.each<[string, unknown, IdentifierOptions, string]>([
    ["+1 (555) 987-6543", undefined, {}, "+15559876543"],
    ["+44 (0)20 7946 0958", undefined, {}, "+442079460958"],
    ["+90 (0532) 123 45 67", undefined, {}, "+905321234567"],
    ["0015559876543", "US", {}, "+15559876543"],
    ["00919876543210", undefined, {}, "+919876543210"],
    ["00 44 20 7946 0958", undefined, {}, "+442079460958"],
    ["011 44 20 7946 0958", "US", {}, "+442079460958"],
    ["16505551212", undefined, {}, "<no_country>"],
    ["16505551212", "", {}, "<no_country>"],
    ["16505551212", "US", {}, "+16505551212"],
    ["16505551212", undefined, { phoneFormat: "e164_digits" }, "+16505551212"],
    ["+16505551212", undefined, { phoneFormat: "e164_digits" }, "+16505551212"],
    ["0016505551212", undefined, { phoneFormat: "e164_digits" }, "+16505551212"],
    ["01(706)-767-5127", "US", {}, "<not_a_phone>"],
    ["+0000000000", undefined, {}, "<not_a_phone>"],
    ["0000000000", "US", {}, "<not_a_phone>"],
    ["010-1234-5678", "Atlantis", {}, "<unknown_country>"],
    ["+82 10 1234 5678", "US", {}, "+821012345678"],
    ["(+82) 10-1234-5678", undefined, {}, "+821012345678"],
    ["(0044) (0)20 7946 0958", "US", {}, "+442079460958"],
    ["＋８２ １０-1234-5678", undefined, {}, "+821012345678"],
    ["\u202A+1 650 555 1212\u202C", undefined, {}, "+16505551212"],
    ["tel:+1-650-555-1212", undefined, {}, "+16505551212"],
    ["+1 650 555 1212 ext. 5", undefined, {}, "+16505551212"],
    ["call me at 650 555 1212", "US", {}, "<not_a_phone>"],
    ["010-1234-5678 / 010-2222-3333", "KR", {}, "<not_a_phone>"],
    ["1.65056E+10", "US", {}, "<not_a_phone>"],
    ["16505551212.0", "US", {}, "<not_a_phone>"],
    ["112", "KR", {}, "<not_a_phone>"],
    ["n/a", undefined, {}, "<not_a_phone>"],
  ])("%s %s %j", (text, country, options, expected) => {
    expect(e164(text, country, options)).toBe(expected);
  });
});
