/** Finds the place of a part of an export's declaration in its YAML file, so that a problem points at the line to mend. */
import type { Config } from "../config/config.ts";
import type { Span } from "../core/span.ts";
import { readYaml, type YamlPath } from "../core/yaml.ts";
import type { AudienceExport } from "../parse/resource.ts";

export interface DeclarationPlace {
  /** The value at a path below the export, such as `["consent", "column"]`. */
  readonly value: (path: YamlPath) => Span;
  /** The key that leads there. */
  readonly key: (path: YamlPath) => Span;
}

export function placeOf(resource: AudienceExport, config: Config): DeclarationPlace {
  const file = config.files.find((candidate) => candidate.path === resource.originalFilePath);
  const yaml = file && readYaml(file.path, file.text);
  const list = (yaml?.value as { readonly exports?: readonly { readonly name?: unknown }[] } | null | undefined)?.exports;
  const index = list?.findIndex((item) => item?.name === resource.name) ?? -1;
  if (!yaml || index < 0) return { value: () => resource.span, key: () => resource.span };
  const full = (path: YamlPath): YamlPath => ["exports", index, ...path];
  return { value: (path) => yaml.spanOf(full(path)), key: (path) => yaml.keySpanOf(full(path)) };
}
