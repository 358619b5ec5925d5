/** The places of the settings of a node: in its own YAML, or where a project says something else over a package. */
import type { FolderSetting } from "../config/config.ts";
import type { Span } from "../core/span.ts";
import type { Declared } from "./read-declarations.ts";
import { applyingLevels } from "./settings.ts";

export function settingSpans<C extends object>(
  { value, yaml, path }: Declared<{ readonly config: C }>,
  levels: readonly FolderSetting[],
  folder: readonly string[],
): Readonly<Partial<Record<keyof C, Span>>> {
  const own = Object.keys(value.config).map((key) => [key, yaml.spanOf([...path, "config", key])] as const);
  const over = applyingLevels(levels, folder).flatMap((level) =>
    Object.entries(level.over ? level.paths : {}).map(([key, at]) => [key, level.over?.spanOf(at)] as const),
  );
  return Object.fromEntries([...own, ...over]) as Partial<Record<keyof C, Span>>;
}
