/** The generated parts of the reference, by the name that stands in the pages' markers. */
import { blockHelpers, helpers } from "../../src/compile/helpers.ts";
import { builtInTests } from "../../src/compile/tests/built-in.ts";
import { modelConfigSchema, projectSchema, seedConfigSchema, snapshotConfigSchema } from "../../src/config/schema.ts";
import type { CodeEntry } from "../../src/core/codes/entry.ts";
import { codes } from "../../src/core/codes/index.ts";
import { destinationTypes } from "../../src/destinations/registry.ts";
import { selectorsFileSchema } from "../../src/graph/select/selectors-file.ts";
import { resourceFileSchema, testConfigSchema } from "../../src/parse/resource-schema.ts";
import { reporters } from "../../src/reporters/registry.ts";
import { commandBlock, sharedOptionsBlock } from "./command-block.ts";
import { keysOf, keyTable, shapeOf } from "./key-block.ts";
import { code, table } from "./markdown.ts";

export const blocks: Readonly<Record<string, () => string>> = {
  "shared options": sharedOptionsBlock,
  commands: commandBlock,
  "project keys": () => keyTable(keysOf(shapeOf(projectSchema))),
  "folder settings": () =>
    (
      [
        ["models", modelConfigSchema],
        ["seeds", seedConfigSchema],
        ["snapshots", snapshotConfigSchema],
      ] as const
    )
      .map(([kind, schema]) => `### Under ${code(kind)}\n\n${keyTable(keysOf(shapeOf(schema)))}`)
      .join("\n\n"),
  "resource keys": resourceKeys,
  "destination settings": () =>
    [...destinationTypes].map(([type, { settings }]) => `### ${code(`type: ${type}`)}\n\n${keyTable(keysOf(shapeOf(settings)))}`).join("\n\n"),
  "selector keys": () => keyTable(keysOf(shapeOf(selectorsFileSchema))),
  "test settings": () => keyTable(keysOf(shapeOf(testConfigSchema))),
  "built-in tests": () =>
    table(
      ["Test", "Under a", "Passes when", "Arguments"],
      Object.entries(builtInTests).map(([name, { on, description, arguments: given }]) => [
        code(name),
        on === "either" ? "column or model" : on,
        description,
        given.map((one) => `${code(one.name)}: ${one.description}${"default" in one ? ` (default: ${code(JSON.stringify(one.default))})` : ""}`).join("; "),
      ]),
    ),
  helpers: () =>
    table(
      ["Call", "What it gives"],
      [
        ...Object.values(helpers).map(({ signature, description }) => [
          signature
            .split(/(?:, | or )(?=\{\{|\()/)
            .map(code)
            .join(" or "),
          description,
        ]),
        ...Object.values(blockHelpers).map((described) => {
          const [call = "", ...description] = described.split(": ");
          return [code(call), description.join(": ")];
        }),
      ],
    ),
  reporters: () =>
    table(
      ["Name", "What it writes"],
      Object.entries(reporters).map(([name, { description }]) => [code(name), description]),
    ),
  errors: () => Object.entries(codes).map(errorEntry).join("\n\n"),
};

/** One table for each kind of resource; what two kinds have in common is listed with the first. */
function resourceKeys(): string {
  const seen = new Map<string, string>();
  const { properties = {} } = shapeOf(resourceFileSchema);
  return Object.entries(properties)
    .map(([kind, shape]) => `## ${code(kind)}\n\n${keyTable(keysOf({ properties: { [kind]: shape } }, "", seen))}`)
    .join("\n\n");
}

function errorEntry([name, entry]: readonly [string, CodeEntry]): string {
  const severity = entry.severity === undefined || entry.severity === "error" ? "" : ` (${entry.severity})`;
  const parts = [`### ${name}: ${entry.title}${severity}`, entry.explain.replaceAll("<", "&lt;")];
  if (entry.help !== undefined) parts.push(`Next step: ${entry.help.replaceAll("<", "&lt;")}.`);
  return parts.join("\n\n");
}
