/** Compiled SQL on disk: where it stands, and that it is left alone when nothing changed. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { compiledPaths } from "../../src/artifacts/compiled-paths.ts";
import { writeCompiledSql, writeRunSql } from "../../src/artifacts/write-compiled.ts";
import type { CompiledModel } from "../../src/compile/compiled.ts";
import { finish } from "../../src/core/steps.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import { type Built, build, manifestOf, type Read, shop, temporaryFolder } from "./project.ts";

let built: Built;
let target: string;
beforeAll(async () => {
  built = await build(shop);
});
beforeEach(() => {
  target = temporaryFolder();
});
afterEach(() => rmSync(target, { recursive: true, force: true }));

const at = (...parts: readonly string[]) => join(target, ...parts);
const filesBelow = (folder: string) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

test("models and tests stand where the manifest says, one file each", () => {
  expect(finish(writeCompiledSql(target, { projectName: "shop", compiled: built.compiled }))).toBeUndefined();
  const nodes = Object.values(manifestOf(built).nodes as Read).filter((node: Read) => node.compiled === true);
  for (const node of nodes) expect(readFileSync(at(node.compiled_path.slice("target/".length)), "utf8")).toBe(`${node.compiled_code}\n`);
  expect(filesBelow(at("compiled", "shop"))).toBe(nodes.length);
  expect(existsSync(at("compiled", "shop", "models", "staging", "stg.yml", "unique_stg_orders_order_id.sql"))).toBe(true);
});

test("only the wanted ones", () => {
  finish(writeCompiledSql(target, { projectName: "shop", compiled: built.compiled, ids: new Set(["model.shop.sales", "seed.shop.raw_orders"]) }));
  expect(filesBelow(target)).toBe(1);
});

test("a file that says the same is not touched, another one is", () => {
  const write = () => finish(writeCompiledSql(target, { projectName: "shop", compiled: built.compiled }));
  write();
  const file = at("compiled", "shop", "models", "staging", "stg_orders.sql");
  const other = at("compiled", "shop", "models", "marts", "매출.yml", "people.sql");
  const text = readFileSync(other, "utf8");
  writeFileSync(other, text.replace("1", "2"));
  const past = new Date("2020-01-01T00:00:00Z");
  utimesSync(file, past, past);
  utimesSync(other, past, past);
  write();
  expect(statSync(file).mtime).toEqual(past);
  expect(statSync(other).mtime).not.toEqual(past);
  expect(readFileSync(other, "utf8")).toBe(text);
});

test("what a plan executes stands under run", () => {
  const { graph, compiled } = built;
  const plan = makePlan(graph, compiled, {
    command: "build",
    targetName: "dev",
    targetSchema: "main",
    projectDir: "/project",
    selected: new Set(graph.nodes.keys()),
  });
  expect(finish(writeRunSql(target, { projectName: "shop", compiled, plan }))).toBeUndefined();
  expect(readFileSync(at("run", "shop", "models", "marts", "매출.yml", "sales.sql"), "utf8")).toContain('create or replace table "mart"."매출" as (');
  expect(existsSync(at("run", "shop", "models", "staging", "stg.yml", "only_paid.sql"))).toBe(false);
  expect(readFileSync(at("run", "shop", "test", "data", "no_negative_sales.sql"), "utf8")).toContain('from "mart"."매출" where total < 0');
  expect(existsSync(at("run", "shop", "models", "staging", "stg.yml", "unique_stg_orders_order_id.sql"))).toBe(true);
});

test("a folder that cannot be made is one diagnostic, not one a file", () => {
  writeFileSync(at("compiled"), "mine");
  expect(finish(writeCompiledSql(target, { projectName: "shop", compiled: built.compiled }))).toMatchObject({ code: "RT0415" });
  expect(readFileSync(at("compiled"), "utf8")).toBe("mine");
});

test("secrets are masked", () => {
  finish(writeCompiledSql(target, { projectName: "shop", compiled: built.compiled, secrets: ["only_paid"] }));
  expect(readFileSync(at("compiled", "shop", "models", "marts", "매출.yml", "sales.sql"), "utf8")).toContain('"__retain__cte__***"');
});

test("tests that differ only in characters that files cannot have get files of their own", async () => {
  const names = ["a/b", "a\\b", "a?b", "A_B", "x".repeat(500), "가".repeat(300)];
  const tests = names.map((name) => `{accepted_values: {values: [${JSON.stringify(name)}], name: ${JSON.stringify(name)}}}`).join(", ");
  const { compiled } = await build({ "models/m.yml": `models: [{name: m, sql: select 1 as a, columns: [{name: a, tests: [${tests}]}]}]\n` });
  const paths = [...compiledPaths(compiled).values()];
  expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(names.length + 1);
  expect(paths).toContain("models/m.yml/a_b.sql");
  expect(paths).toContain("models/m.yml/a_b_2.sql");
  for (const path of paths) expect(Buffer.byteLength(path.split("/").at(-1) as string)).toBeLessThan(255);
  expect(finish(writeCompiledSql(target, { projectName: "shop", compiled }))).toBeUndefined();
  expect(filesBelow(target)).toBe(paths.length);
});

test("models from outside the project do not lead out of the target folder", async () => {
  const id = "model.shop.stg_orders";
  const entry = built.compiled.nodes.get(id) as CompiledModel;
  const outside = { ...built.compiled, nodes: new Map([[id, { ...entry, node: { ...entry.node, originalFilePath: "../../shared/models/m.sql" } }]]) };
  expect(compiledPaths(outside).get(id)).toBe("__/__/shared/models/m.sql");
});
