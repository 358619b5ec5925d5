/** What all destinations share that speak to an API: rates, waiting times, addresses and what errors must not say. */
import { describe, expect, test } from "vitest";
import { problemWithUrl } from "../../src/destinations/http/base-url.ts";
import { readRetryAfter } from "../../src/destinations/http/retry-after.ts";
import { scrub } from "../../src/destinations/http/scrub.ts";
import { TokenBucket } from "../../src/destinations/http/token-bucket.ts";
import { fakeClock } from "../export/export-project.ts";

test.each<[string, boolean]>([
  ["https://graph.facebook.com", true],
  ["http://127.0.0.1:4801", true],
  ["http://127.1.2.3", true],
  ["http://localhost:80/base", true],
  ["http://[::1]:4801", true],
  ["http://graph.facebook.com", false],
  ["http://127.0.0.1.example.com", false],
  ["http://localhost.example.com", false],
  ["http://10.0.0.1", false],
  ["ftp://127.0.0.1", false],
  ["https://user@example.com", false],
  ["", false],
])("may %s be called: %s", (url, allowed) => {
  expect(problemWithUrl(url) === undefined).toBe(allowed);
});

test.each<[string | null, number | undefined]>([
  [null, undefined],
  ["", undefined],
  ["soon", undefined],
  ["0", 0],
  ["1.5", 1500],
  [" 120 ", 120_000],
  ["Wed, 01 Jul 2026 09:00:30 GMT", 30_000],
  ["Wed, 01 Jul 2026 08:00:00 GMT", 0],
])("Retry-After %j", (header, milliseconds) => {
  expect(readRetryAfter(header, new Date("2026-07-01T09:00:00Z"))).toBe(milliseconds);
});

describe("a rate", () => {
  test("some at once, the others at their pace", async () => {
    const clock = fakeClock();
    const bucket = new TokenBucket(60, 3, clock);
    const { signal } = new AbortController();
    for (let i = 0; i < 6; i++) await bucket.take(signal);
    expect(clock.slept).toEqual([1000, 1000, 1000]);
    await clock.sleep(10_000);
    clock.slept.length = 0;
    for (let i = 0; i < 4; i++) await bucket.take(signal);
    expect(clock.slept).toEqual([1000]);
  });
});

describe("what errors must not say", () => {
  const hash = "a".repeat(64);
  test.each<[string, unknown, string]>([
    [`bad hash ${hash} in row 3`, undefined, "bad hash … in row 3"],
    ["MADID AECE52E7-03EE-455A-B3C4-E57283966239 is odd", undefined, "MADID … is odd"],
    ["not an address: Ann.B@example.com, nor (c@d.e)", undefined, "not an address: …, nor (…)"],
    ["base64 UJ6TMBm7KFoTSpM0uLtnnf950M4CPVKa9L10TUe0/Yo= is no hash", undefined, "base64 … is no hash"],
    ["the id u-4711 is unknown; so is 0815.", [["u-4711", "0815"]], "the id … is unknown; so is …"],
    ["EMAIL in the schema", [["u1"]], "EMAIL in the schema"],
    [`line\n\none ${"x".repeat(400)}`, undefined, `line one ${"x".repeat(291)}…`],
  ])("%s", (message, data, shown) => {
    expect(scrub(message, data === undefined ? undefined : JSON.stringify(data))).toBe(shown);
  });
});
