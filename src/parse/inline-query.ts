/**
 * A query from the command line as a model of the project that has no file: it is rendered, checked and masked as models
 * are, and its places are told in its own text. It is never selected with the others, because nothing names it.
 */
import type { Config, SourceFile } from "../config/config.ts";
import type { Outcome } from "../core/diagnostic.ts";
import { readYaml } from "../core/yaml.ts";
import { readModels } from "./models.ts";
import type { Model } from "./resource.ts";
import { modelSchema } from "./resource-schema.ts";

/** Its name and the file that its places name; no model of a file can be called so. */
export const inlineName = "--inline";

export function readInlineQuery(config: Config, text: string): Outcome<Model | undefined> {
  const file: SourceFile = { path: inlineName, root: "", kind: "models", extension: "sql", text, checksum: "" };
  const value = { ...modelSchema.parse({ name: "inline" }), name: inlineName };
  const declared = { value, file, yaml: readYaml(inlineName, ""), path: [] };
  const alone: Config = { ...config, files: [file], folderSettings: { ...config.folderSettings, models: [] } };
  const read = readModels(alone, [declared], () => false);
  return { value: read.value[0], diagnostics: read.diagnostics };
}
