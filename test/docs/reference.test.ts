/**
 * The reference below src/docs/reference says all that there is, and nothing that there is no more. Its generated parts are
 * written anew by UPDATE_REFERENCE=1; what people have written around them is left alone, and checked for the names in it.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { strategies } from "../../src/compile/materializations/incremental/strategies.ts";
import { materializations } from "../../src/compile/materializations/registry.ts";
import { hardDeleteModes, schemaChangeReactions, snapshotStrategies } from "../../src/config/build-settings.ts";
import { projectSchema } from "../../src/config/schema.ts";
import { destinationTypes } from "../../src/destinations/registry.ts";
import { guardNames } from "../../src/export/export-plan.ts";
import { selectorMethods } from "../../src/graph/select/methods.ts";
import { selectorsFileSchema } from "../../src/graph/select/selectors-file.ts";
import { resourceFileSchema, testConfigSchema } from "../../src/parse/resource-schema.ts";
import { blocks } from "./blocks.ts";
import { keysOf, shapeOf } from "./key-block.ts";

const folder = fileURLToPath(new URL("../../src/docs/reference/", import.meta.url));
const pages = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .map((name) => [name, readFileSync(`${folder}${name}`, "utf8")]),
);
const page = (name: string): string => pages.get(name) ?? "";
const marked = /<!-- generated: (.+?) -->\n[\s\S]*?<!-- end of generated -->/g;

function renew(text: string): string {
  return text.replace(
    marked,
    (_, name: string) => `<!-- generated: ${name} -->\n\n${blocks[name]?.() ?? "there is no such part"}\n\n<!-- end of generated -->`,
  );
}

describe("the generated parts", () => {
  test.each([...pages.keys()])("of %s are those of this version (UPDATE_REFERENCE=1 writes them)", (name) => {
    const renewed = renew(page(name));
    if (process.env["UPDATE_REFERENCE"] === "1") writeFileSync(`${folder}${name}`, renewed);
    else expect(page(name)).toBe(renewed);
  });

  test("are all there, each once", () => {
    const used = [...pages.values()].flatMap((text) => [...text.matchAll(marked)].map((match) => match[1]));
    expect(used.toSorted()).toEqual(Object.keys(blocks).toSorted());
  });

  test("have something to say of every key", () => {
    const destinations = [...destinationTypes.values()].map(({ settings }) => settings);
    const shapes = [projectSchema, resourceFileSchema, selectorsFileSchema, testConfigSchema, ...destinations].map(shapeOf);
    expect(shapes.flatMap((shape) => keysOf(shape)).filter(({ shape }) => !shape.description)).toEqual([]);
  });
});

describe("what is written by hand", () => {
  test.each([
    ["selection.md", "selector methods", Object.keys(selectorMethods)],
    ["selection.md", "modes of indirect selection", ["eager", "cautious", "buildable", "empty"]],
    ["materializations.md", "materializations", [...Object.keys(materializations), "seed", "snapshot"]],
    ["materializations.md", "incremental strategies", Object.keys(strategies)],
    ["materializations.md", "reactions to other columns", [...schemaChangeReactions]],
    ["materializations.md", "snapshots", [...snapshotStrategies, ...hardDeleteModes]],
    ["templates.md", "values", ["this", "target.name", "target.type", "target.schema", "target.threads", "run.started_at", "run.invocation_id"]],
    ["exports.md", "guards", [...guardNames]],
  ])("%s names all %s", (name, _, words) => {
    expect(words.filter((word) => !page(name).includes(`\`${word}\``) && !page(name).includes(`\`${word}:`))).toEqual([]);
  });

  test("links lead somewhere", () => {
    const dead = [...pages].flatMap(([name, text]) =>
      [...text.matchAll(/\]\(([^)#\s]+\.md)(?:#[^)]*)?\)/g)]
        .map((match) => String(match[1]))
        .filter((link) => !link.startsWith("../") && !pages.has(link))
        .map((link) => `${name}: ${link}`),
    );
    expect(dead).toEqual([]);
    expect([...pages.keys()].filter((name) => name !== "README.md" && !page("README.md").includes(`](${name})`))).toEqual([]);
  });
});
