/** Countries and states by the names that data has. */
import { getCountries } from "libphonenumber-js";
import { describe, expect, test } from "vitest";
import { countries } from "../../../src/export/identity/countries.ts";
import { countryCode } from "../../../src/export/identity/country.ts";
import { usStateCode } from "../../../src/export/identity/us-states.ts";

const lines = countries
  .trim()
  .split("\n")
  .map((line) => line.split("|"));

describe("the table of countries", () => {
  test("has the 249 countries of the standard and Kosovo, in order and once each", () => {
    const codes = lines.map(([alpha2]) => alpha2);
    expect(codes).toHaveLength(250);
    expect(codes).toEqual([...new Set(codes)].sort());
    expect(new Set(lines.map(([, alpha3]) => alpha3)).size).toBe(250);
  });

  test("every code and name leads to its own country", () => {
    for (const [alpha2 = "", ...names] of lines) {
      for (const name of [alpha2, alpha2.toLowerCase(), ...names, ...names.map((n) => n.toUpperCase())]) {
        expect([name, countryCode(name)]).toEqual([name, alpha2]);
      }
    }
  });

  test("covers the countries that have phone numbers, but for two islands that share Saint Helena's code", () => {
    expect(getCountries().filter((code) => countryCode(code) !== code)).toEqual(["AC", "TA"]);
  });

  test("agrees with the names that Unicode gives", () => {
    const names = new Intl.DisplayNames(["en"], { type: "region" });
    const unknown = lines.map(([alpha2 = ""]) => [names.of(alpha2) ?? "", alpha2]).filter(([name, code]) => countryCode(name) !== code);
    expect(unknown).toEqual([]);
  });
});

test.each([
  ["  united states ", "US"],
  ["U.S.A.", "US"],
  ["The United States of America", "US"],
  ["Korea, Republic of", "KR"],
  ["Korea (the Republic of)", "KR"],
  ["Korea, Democratic People’s Republic of", "KP"],
  ["Türkiye", "TR"],
  ["TURKEY", "TR"],
  ["UK", "GB"],
  ["England", "GB"],
  ["Cote d'Ivoire", "CI"],
  ["St. Kitts & Nevis", "KN"],
  ["ST", "ST"],
  ["AND", "AD"],
  ["Congo", undefined],
  ["the", undefined],
  ["", undefined],
  ["대한민국", undefined],
  ["constructor", undefined],
  [82, undefined],
  [null, undefined],
])("country %s", (name, code) => {
  expect(countryCode(name)).toBe(code);
});

test("states: fifty, the district and five territories, by code and by name", () => {
  const names = ["Alabama", "Wyoming", "new-york", "N. Mariana", "Guam", "American Samoa", "Northern Mariana Islands", "ZZ", ""];
  expect(names.map(usStateCode)).toEqual(["al", "wy", "ny", undefined, "gu", "as", "mp", undefined, undefined]);
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  expect(letters.flatMap((a) => letters.filter((b) => usStateCode(a + b) === a + b))).toHaveLength(56);
});
