/** Text and templates that stand in YAML, with the way back to the file. */
import type { TemplateSource } from "../core/mapped-text.ts";
import type { YamlPath } from "../core/yaml.ts";
import type { Declared } from "./read-declarations.ts";
import { parseTemplate, type Template } from "./template.ts";

type InFile = Pick<Declared<unknown>, "file" | "yaml">;

export function inlineTemplate(declared: InFile, text: string, path: YamlPath): Template {
  return parseTemplate(inlineSource(declared, text, path));
}

export function inlineSource({ file, yaml }: InFile, text: string, path: YamlPath): TemplateSource {
  return { file: file.path, text, written: yaml.textAt(path) };
}
