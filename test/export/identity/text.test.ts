/** The text primitives where languages and databases differ. */
import { expect, test } from "vitest";
import { sha256Hex } from "../../../src/export/identity/hash.ts";
import { foldAccents, lowerCase, readText, trimText } from "../../../src/export/identity/text.ts";

test.each([
  ["", ""],
  [" \t\n\u00A0\u3000\u200B\u200C\u200D\uFEFF", ""],
  ["\uFEFF a\u200Bb \u200D", "a\u200Bb"],
])("trim %j", (text, expected) => {
  expect(trimText(text)).toBe(expected);
});

test("a long blank middle does not make trimming slow", () => {
  const text = `a${" ".repeat(1_000_000)}b`;
  expect(trimText(text)).toBe(text);
});

test("lower case follows Unicode, not a locale", () => {
  expect(lowerCase("İI")).toBe("i\u0307i");
  expect(lowerCase("ΟΔΥΣΣΕΥΣ")).toBe("οδυσσευς");
  expect(lowerCase("STRAẞE")).toBe("straße");
});

test("folding", () => {
  expect(foldAccents("ÀÉÎÕÜÇŠŽ İı Łø ßÆœ þÐ ﬁ")).toBe("aeioucsz ii lo ssaeoe thd fi");
  expect(foldAccents("서울").normalize("NFC")).toBe("서울");
});

test("text is read in NFC, unless it is somebody's code", () => {
  expect(readText(" e\u0301 ")).toEqual({ ok: true, value: "é" });
  expect(readText(" e\u0301 ", true)).toEqual({ ok: true, value: "e\u0301" });
});

test("numbers are read only when no digit was lost", () => {
  expect(readText(12.5)).toEqual({ ok: true, value: "12.5" });
  expect(readText(Number.MAX_SAFE_INTEGER)).toEqual({ ok: true, value: "9007199254740991" });
  expect(readText(Number.MAX_SAFE_INTEGER + 1)).toEqual({ ok: false, reason: "unsupported_type" });
  expect(readText(12345678901234567890n)).toEqual({ ok: true, value: "12345678901234567890" });
  expect(readText(1e-9)).toEqual({ ok: false, reason: "unsupported_type" });
});

test("SHA-256 of UTF-8", () => {
  expect(sha256Hex("valéry")).toBe("08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c");
  expect(sha256Hex("vale\u0301ry")).toBe("0aac459e98cd41b938bef8bd61c205563f95c46cf2e6d3c8ff1a9312f3924cce");
});
