/** Writing artifacts: whole or not at all, and never an exception. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeArtifact, writeSections } from "../../src/artifacts/write-artifact.ts";
import { temporaryFolder } from "./project.ts";

let root: string;
let target: string;
beforeEach(() => {
  root = temporaryFolder();
  target = join(root, "deep", "target");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const contentOf = (name: string): unknown => JSON.parse(readFileSync(join(target, name), "utf8"));

test("makes the directory, writes the value and leaves nothing else", () => {
  expect(writeArtifact(target, "run_results.json", { a: [1, "한글 \u2028"] })).toBeUndefined();
  expect(contentOf("run_results.json")).toEqual({ a: [1, "한글 \u2028"] });
  expect(readdirSync(target)).toEqual(["run_results.json"]);
});

test("replaces what was there", () => {
  writeArtifact(target, "a.json", { old: "x".repeat(1000) });
  expect(writeArtifact(target, "a.json", {})).toBeUndefined();
  expect(readFileSync(join(target, "a.json"), "utf8")).toBe("{}\n");
});

test("sections are written the same, also when they are larger than a batch", () => {
  const entries = Array.from({ length: 3000 }, (_, i) => [`node "${i}"`, { text: `é${"x".repeat(200)}` }] as const);
  expect(writeSections(target, "manifest.json", { empty: [], nodes: entries })).toBeUndefined();
  expect(contentOf("manifest.json")).toEqual({ empty: {}, nodes: Object.fromEntries(entries) });
});

describe("a failure is a diagnostic, and the file from before stays", () => {
  test("a value that is no JSON", () => {
    writeArtifact(target, "a.json", { good: true });
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    expect(writeArtifact(target, "a.json", circular)).toMatchObject({ code: "RT0415", message: expect.stringContaining("a.json") });
    expect(contentOf("a.json")).toEqual({ good: true });
    expect(readdirSync(target)).toEqual(["a.json"]);
  });

  test("entries that fail halfway", () => {
    writeArtifact(target, "a.json", { good: true });
    function* failing(): Generator<readonly [string, unknown]> {
      for (let i = 0; i < 2000; i++) yield [String(i), "x".repeat(300)];
      throw new Error("halfway");
    }
    expect(writeSections(target, "a.json", { nodes: failing() })?.message).toContain("halfway");
    expect(contentOf("a.json")).toEqual({ good: true });
    expect(readdirSync(target)).toEqual(["a.json"]);
  });

  test("a directory of the artifact's name", () => {
    mkdirSync(join(target, "a.json"), { recursive: true });
    expect(writeArtifact(target, "a.json", {})?.code).toBe("RT0415");
    expect(readdirSync(target)).toEqual(["a.json"]);
  });

  test("a file where the target folder should be", () => {
    mkdirSync(join(root, "deep"));
    writeFileSync(target, "mine");
    expect(writeArtifact(target, "a.json", {})).toMatchObject({
      code: "RT0415",
      severity: "error",
      message: expect.stringMatching(/^cannot write .*a\.json: \w/),
    });
    expect(readFileSync(target, "utf8")).toBe("mine");
  });
});

test("secrets are masked, also where JSON escapes them; short ones are words", () => {
  const value = { url: 'https://user:top\\secret"1@host', schema: "main" };
  expect(writeArtifact(target, "a.json", value, ['top\\secret"1', "main", ""])).toBeUndefined();
  expect(contentOf("a.json")).toEqual({ url: "https://user:***@host", schema: "main" });
  writeSections(target, "b.json", { nodes: [["a", value]] }, ['top\\secret"1']);
  expect(contentOf("b.json")).toEqual({ nodes: { a: { url: "https://user:***@host", schema: "main" } } });
});

test("two writers do not disturb each other's temporary files", () => {
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, ".a.json.1-00000000.tmp"), "another's");
  writeArtifact(target, "a.json", {});
  expect(existsSync(join(target, ".a.json.1-00000000.tmp"))).toBe(true);
});
