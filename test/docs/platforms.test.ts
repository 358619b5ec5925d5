/**
 * The pages for marketers: there is one for every destination and every upload format, they name every identifier, header
 * and setting, and everything in YAML on them would be taken as it stands.
 */
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { SourceFile } from "../../src/config/config.ts";
import { interpolate } from "../../src/config/interpolate.ts";
import { projectSchema } from "../../src/config/schema.ts";
import { codes } from "../../src/core/codes/index.ts";
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import { readYaml } from "../../src/core/yaml.ts";
import { uploadFormats } from "../../src/destinations/file/formats.ts";
import { destinationTypes, openDestination } from "../../src/destinations/registry.ts";
import { checkOptions } from "../../src/export/check-options.ts";
import type { ExportRequest } from "../../src/export/export-request.ts";
import { identityPlatforms } from "../../src/export/identity/platforms.ts";
import { readMemberColumns } from "../../src/export/member-columns.ts";
import { readDeclarations } from "../../src/parse/read-declarations.ts";
import { fakeClock } from "../export/export-project.ts";
import { keysOf, shapeOf } from "./key-block.ts";

const folder = fileURLToPath(new URL("../../src/docs/platforms/", import.meta.url));
const pages = new Map(readdirSync(folder).map((name) => [name.replace(/\.md$/, ""), readFileSync(`${folder}${name}`, "utf8")]));
const own = [...pages].filter(([name]) => name !== "README");

interface Block {
  readonly page: string;
  readonly text: string;
}

const blocks = own.flatMap(([page, text]) => [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match): Block => ({ page, text: match[1] ?? "" })));
const isExports = ({ text }: Block) => /^exports:/m.test(text);

/** Values as they could stand in an environment. */
const environment: Readonly<Record<string, string>> = {
  META_AD_ACCOUNT: "act_123",
  META_ACCESS_TOKEN: "a-token",
  GOOGLE_CREDENTIALS: "{}",
  TIKTOK_ADVERTISER_ID: "7000000000000000001",
  TIKTOK_ACCESS_TOKEN: "a-token",
  HOOK_URL: "https://example.com/in",
  HOOK_SECRET: "as-random-as-can-be-1234",
};

function settingsOn(page: string) {
  const block = blocks.find((candidate) => candidate.page === page && !isExports(candidate));
  const text = `name: shop\ntargets: {dev: {type: duckdb, path: x.duckdb}}\n${block?.text ?? ""}`;
  const yaml = readYaml("retain.yml", text);
  const { destinations } = projectSchema.parse(yaml.value);
  return { yaml, destinations };
}

/** All that would be said of an export before a row is read. */
function problemsWith(page: string, text: string): readonly string[] {
  const { yaml, destinations } = settingsOn(page);
  const file: SourceFile = { path: "exports/page.yml", root: "exports", kind: "exports", extension: "yml", text, checksum: "" };
  const read = readDeclarations([file]);
  const said: Diagnostic[] = [...read.diagnostics];
  expect(read.value.exports.length).toBeGreaterThan(0);
  for (const { value: declaration } of read.value.exports) {
    const span = { file: file.path, start: 0, end: 0 };
    const settings = interpolate(destinations[declaration.destination], environment, yaml, ["destinations", declaration.destination]);
    const opened = openDestination({
      exportName: declaration.name,
      format: declaration.format,
      exportSpan: span,
      name: declaration.destination,
      settings: settings.value,
      secrets: [],
      yaml,
      projectDir: resolve("project"),
      clock: fakeClock(),
      signal: new AbortController().signal,
      onWait: () => undefined,
    });
    said.push(...settings.diagnostics, ...opened.diagnostics);
    if (!opened.value) continue;
    const request = { resource: { name: declaration.name, declaration }, destination: opened.value, options: {} } as unknown as ExportRequest;
    const place = { value: () => span, key: () => span };
    const steps = opened.value.destination.capabilities.modes[declaration.mode];
    said.push(...readMemberColumns(request, place).diagnostics, ...(steps ? checkOptions(request, steps, place) : []));
    if (!steps) said.push({ message: `no mode ${declaration.mode}` } as Diagnostic);
  }
  return said.map(({ code, message }) => `${code} ${message}`);
}

test("there is a page for every destination and every upload format, and no other", () => {
  expect(own.map(([name]) => name).sort()).toEqual([...new Set([...destinationTypes.keys(), ...uploadFormats.keys()])].sort());
  expect(own.map(([name]) => name).filter((name) => !pages.get("README")?.includes(`](${name}.md)`))).toEqual([]);
});

describe.each(own)("%s", (name, text) => {
  test("says what to create, to write, to expect and to do", () => {
    const headings = [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    const sent = name === "file" ? "What is written" : "What is sent";
    expect(headings).toEqual(["What you need there", "What you write here", sent, "What to expect", "When something is wrong"]);
  });

  test("has YAML that would be taken as it stands", () => {
    const found = blocks.filter(({ page }) => page === name);
    expect(found.filter(isExports).length).toBeGreaterThan(0);
    expect(found.some((block) => !isExports(block))).toBe(true);
    for (const block of found.filter(isExports)) expect(problemsWith(name, block.text)).toEqual([]);
  });

  test("names every identifier with its column, and every code that there is", () => {
    const keys = [...(identityPlatforms.get(name)?.keys.keys() ?? [])];
    expect(keys.filter((key) => !text.includes(`\`${key}\``))).toEqual([]);
    const format = uploadFormats.get(name);
    const laidOut = keys.flatMap((key) => {
      const result = format?.layOut([key], {});
      const audience = { exportName: "NAME", id: "1", name: "N" } as never;
      return result?.ok && name !== "microsoft" ? result.layout({ audience, operation: "add", number: 1 }).header.trim().split(",") : [];
    });
    expect([...new Set(laidOut)].filter((header) => !text.includes(`\`${header}\``))).toEqual([]);
    expect([...text.matchAll(/RT\d{4}/g)].map(([code]) => code).filter((code) => !Object.hasOwn(codes, code))).toEqual([]);
  });

  test("links lead somewhere", () => {
    expect([...text.matchAll(/\]\((\w+)\.md\)/g)].map((match) => match[1] ?? "").filter((link) => !pages.has(link))).toEqual([]);
  });
});

test.each([...destinationTypes])("%s names every setting", (name, { settings }) => {
  const keys = keysOf(shapeOf(settings))
    .map(({ path }) => path)
    .filter((path) => path !== "type" && !path.includes("."));
  expect(keys.length).toBeGreaterThan(2);
  expect(keys.filter((key) => !pages.get(name)?.includes(`\`${key}\``))).toEqual([]);
});

test.each([...uploadFormats.values()].filter(({ limits }) => limits).map(({ name, limits }) => [name, limits] as const))(
  "%s tells its limit",
  (name, limits) => {
    const { rows, bytes } = limits ?? {};
    const told = rows === undefined ? `${(bytes ?? 0) >= 1e9 ? `${(bytes ?? 0) / 1e9} GB` : `${(bytes ?? 0) / 1e6} MB`}` : rows.toLocaleString("en-US");
    expect(pages.get(name)).toContain(told);
  },
);
