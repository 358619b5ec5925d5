/** Reads the hooks of a node: those of its folders from far to near, then its own, each with the place of its text. */
import type { Config, FolderSetting, SettingsKind } from "../config/config.ts";
import type { HookSetting } from "../config/hook-settings.ts";
import type { Diagnostic, Outcome } from "../core/diagnostic.ts";
import type { Span } from "../core/span.ts";
import type { YamlPath } from "../core/yaml.ts";
import { inlineTemplate } from "./inline-template.ts";
import type { Declared } from "./read-declarations.ts";
import { applyingLevels } from "./settings.ts";
import type { Template } from "./template.ts";

export interface Hook {
  readonly template: Template;
  readonly transaction: boolean;
  readonly span: Span;
}

export interface Hooks {
  readonly pre: readonly Hook[];
  readonly post: readonly Hook[];
}

interface WithHooks {
  readonly pre_hook?: readonly HookSetting[] | undefined;
  readonly post_hook?: readonly HookSetting[] | undefined;
}

type Place = Parameters<typeof inlineTemplate>[0];

/** `folder` is the node's folder below the paths of its kind; a node need not be declared. */
export function readHooks(
  config: Config,
  kind: SettingsKind,
  folder: readonly string[],
  declared: Declared<{ readonly config: WithHooks }> | undefined,
): Outcome<Hooks> {
  const diagnostics: Diagnostic[] = [];
  const retainYml: Place = { file: { path: config.yaml.file }, yaml: config.yaml };
  const read = (key: "pre_hook" | "post_hook"): readonly Hook[] => {
    const ofFolders = applyingLevels(config.folderSettings[kind], folder).flatMap((level: FolderSetting) =>
      readList(
        level.over ? { file: { path: level.over.file }, yaml: level.over } : retainYml,
        (level.settings as WithHooks)[key],
        level.paths[key] ?? [],
        diagnostics,
      ),
    );
    const own = declared ? readList(declared, declared.value.config[key], [...declared.path, "config", key], diagnostics) : [];
    return ofFolders.length > 0 || own.length > 0 ? [...ofFolders, ...own] : none;
  };
  return { value: { pre: read("pre_hook"), post: read("post_hook") }, diagnostics };
}

const none: readonly Hook[] = [];

/** Hooks that stand in a YAML file at `path`. */
export function readList(place: Place, hooks: readonly HookSetting[] | undefined, path: YamlPath, diagnostics: Diagnostic[]): readonly Hook[] {
  return (hooks ?? []).map(({ sql, transaction, at }): Hook => {
    const template = inlineTemplate(place, sql, [...path, ...at]);
    diagnostics.push(...template.diagnostics);
    return { template, transaction, span: place.yaml.spanOf([...path, ...at]) };
  });
}
