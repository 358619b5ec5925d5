/** Text and templates that stand in YAML, with the way back to the file. */
import type { TemplateSource } from "../core/mapped-text.ts";
import type { YamlFile, YamlPath } from "../core/yaml.ts";
import { parseTemplate, type Template } from "./template.ts";

interface InFile {
  readonly file: { readonly path: string };
  readonly yaml: YamlFile;
}

export function inlineTemplate(declared: InFile, text: string, path: YamlPath): Template {
  return parseTemplate(inlineSource(declared, text, path));
}

export function inlineSource({ file, yaml }: InFile, text: string, path: YamlPath): TemplateSource {
  return { file: file.path, text, written: yaml.textAt(path) };
}
