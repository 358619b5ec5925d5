/** Schemas for the editor: written, wired in, and able to tell right from wrong. */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { runIn } from "./in-process.ts";
import { projectIn, temporaryFolder } from "./program-process.ts";

test("init wires the schemas into the editor; --write adds them to settings that are there, and leaves comments alone", async () => {
  const project = projectIn(temporaryFolder());
  expect((await runIn(project.directory, ["init", "--minimal"])).code).toBe(0);
  const settings = () => JSON.parse(project.read(".vscode/settings.json")) as Record<string, Record<string, readonly string[]>>;
  const schemas = Object.keys(settings()["yaml.schemas"] ?? {});
  expect(schemas).toEqual(["./.vscode/retain/project.schema.json", "./.vscode/retain/resources.schema.json", "./.vscode/retain/selectors.schema.json"]);
  expect(settings()["yaml.schemas"]?.[schemas[1] ?? ""]).toEqual(
    expect.arrayContaining(["models/**/*.yml", "exports/**/*.yaml", "snapshots/**/*.yml", "test/data/**/*.yml"]),
  );

  project.write({ ".vscode/settings.json": '{"editor.tabSize": 2, "yaml.schemas": {"./mine.json": "mine.yml"}}' });
  expect(await runIn(project.directory, ["schema", "--write"])).toMatchObject({
    code: 0,
    stderr: "",
    stdout: expect.stringContaining("wrote .vscode/settings.json\n"),
  });
  expect(settings()).toMatchObject({ "editor.tabSize": 2, "yaml.schemas": { "./mine.json": "mine.yml", [schemas[0] ?? ""]: ["retain.yml"] } });

  const commented = '{\n  // two\n  "editor.tabSize": 2\n}\n';
  project.write({ ".vscode/settings.json": commented });
  expect(await runIn(project.directory, ["schema", "--write"])).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("warning[RT0030]: .vscode/settings.json is no plain JSON"),
  });
  expect(project.read(".vscode/settings.json")).toBe(commented);
});

test("selectors.yml and lint: have schemas that refuse what is misspelt", async () => {
  const project = projectIn(temporaryFolder());
  await runIn(project.directory, ["init", "--minimal"]);
  const compile = (name: string) => new Ajv({ strict: false }).compile(JSON.parse(readFileSync(project.path(`.vscode/retain/${name}.schema.json`), "utf8")));
  const selectors = compile("selectors");
  expect(selectors({ selectors: [{ name: "nightly", definition: "tag:nightly+" }] })).toBe(true);
  expect(selectors({ selectors: [{ name: "nightly", defintion: "tag:nightly" }] })).toBe(false);
  const settings = compile("project");
  const base = { name: "shop", targets: { dev: { type: "duckdb", path: "w.duckdb" } } };
  expect(settings({ ...base, lint: { RT0702: "off", RT0706: { severity: "warn", folders: ["models/marts"] } } })).toBe(true);
  for (const lint of [{ RT0799: "off" }, { RT0702: "silent" }, { RT0702: { folder: ["x"] } }]) expect(settings({ ...base, lint })).toBe(false);
});

test("settings by folder and settings of destinations have schemas, too", async () => {
  const project = projectIn(temporaryFolder());
  await runIn(project.directory, ["init", "--minimal"]);
  const settings = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(project.path(".vscode/retain/project.schema.json"), "utf8")));
  const base = { name: "shop", targets: { dev: { type: "duckdb", path: "w.duckdb" } } };
  const accepts = (more: object) => settings({ ...base, ...more });
  expect(accepts({ models: { materialized: "view", marts: { materialized: "table", "+tags": ["mart"], daily: { pre_hook: "select 1" } } } })).toBe(true);
  expect(accepts({ models: { marts: { materialised: "table" } } })).toBe(false);
  expect(accepts({ seeds: { "+delimiter": ";;" } })).toBe(false);
  expect(accepts({ destinations: { files: { type: "file", directory: "out" } } })).toBe(true);
  for (const hook of [{ type: "webhook", url: "https://example.com" }, { type: "webhock" }]) expect(accepts({ destinations: { hook } })).toBe(false);
});

test("outside of a project --write says so", async () => {
  expect(await runIn(temporaryFolder(), ["schema", "--write"])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("error[RT0101]") });
});
