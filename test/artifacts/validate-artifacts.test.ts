/** The script that validates artifacts, run on schemas small enough to stand here. */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "./project.ts";

const script = fileURLToPath(new URL("../validate-artifacts.mjs", import.meta.url));
const closed = (properties: object, title: string) => ({ type: "object", title, properties, additionalProperties: false });
const model = closed({ resource_type: { const: "model" }, name: { type: "string" } }, "Model");
const singular = closed({ resource_type: { const: "test" } }, "SingularTest");
const generic = closed({ resource_type: { const: "test" }, test_metadata: { type: "object" } }, "GenericTest");
const manifest = {
  $id: "https://example.com/manifest",
  type: "object",
  properties: { nodes: { type: "object", additionalProperties: { anyOf: [model, singular, generic] } } },
};
const head = { metadata: { dbt_schema_version: "https://example.com/manifest" } };

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  put("manifest-v12.json", manifest);
  put("run-results-v6.json", { type: "object" });
  put("catalog-v1.json", { type: "object", required: ["nodes"] });
  put("run_results.json", {});
  put("catalog.json", { nodes: {} });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, value: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify(value));
}

function validate(): { readonly status: number | null; readonly stdout: string } {
  return spawnSync(process.execPath, [script, folder, folder], { encoding: "utf8" });
}

test("valid artifacts pass", () => {
  put("manifest.json", { ...head, nodes: { a: { resource_type: "model", name: "a" }, b: { resource_type: "test", test_metadata: {} } } });
  const { status, stdout } = validate();
  expect(stdout).toContain("3 passed, 0 failed");
  expect(status).toBe(0);
});

test("each problem is named by its path, and by the node's own kind", () => {
  put("manifest.json", { ...head, nodes: { "model.a/b": { resource_type: "model", name: 1 }, t: { resource_type: "test", test_metadata: {}, extra: 1 } } });
  put("catalog.json", {});
  const { status, stdout } = validate();
  expect(stdout).toContain("/nodes/model.a/b/name: must be string");
  expect(stdout).toContain("/nodes/t: must NOT have additional properties (extra)");
  expect(stdout).toContain("must have required property 'nodes'");
  expect(stdout).not.toContain("anyOf");
  expect(stdout).toContain("1 passed, 2 failed");
  expect(status).toBe(1);
});

test("a missing artifact, another version and broken JSON fail", () => {
  expect(validate().stdout).toContain(`the file is missing: ${join(folder, "manifest.json")}`);
  put("manifest.json", { metadata: { dbt_schema_version: "https://example.com/other" } });
  expect(validate().stdout).toContain("/metadata/dbt_schema_version");
  writeFileSync(join(folder, "manifest.json"), "{");
  const { status, stdout } = validate();
  expect(stdout).toContain("no JSON");
  expect(status).toBe(1);
});

test("without folders it says how to call it", () => {
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  expect(status).toBe(2);
  expect(stderr).toContain("usage:");
});
