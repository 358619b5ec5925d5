/** A template that stands as a value in YAML. Its text is aligned with the file only when somebody needs a place in it. */
import type { YamlPath } from "../core/yaml.ts";
import type { Declared } from "./read-declarations.ts";
import { parseTemplate, type Template } from "./template.ts";

export function inlineTemplate({ file, yaml }: Pick<Declared<unknown>, "file" | "yaml">, text: string, path: YamlPath): Template {
  return parseTemplate({ file: file.path, text, toFile: lazily(() => yaml.textOffsets(path)) });
}

function lazily(make: () => (offset: number) => number): (offset: number) => number {
  let made: ((offset: number) => number) | undefined;
  return (offset) => {
    made ??= make();
    return made(offset);
  };
}
