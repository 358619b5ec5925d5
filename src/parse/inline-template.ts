/** A template that stands in YAML. */
import type { YamlPath } from "../core/yaml.ts";
import type { Declared } from "./read-declarations.ts";
import { parseTemplate, type Template } from "./template.ts";

export function inlineTemplate({ file, yaml }: Pick<Declared<unknown>, "file" | "yaml">, text: string, path: YamlPath): Template {
  return parseTemplate({ file: file.path, text, written: yaml.textAt(path) });
}
