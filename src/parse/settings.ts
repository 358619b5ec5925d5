/** Merges the settings of a node: folders from far to near, then its own YAML, then what a project says over a package. Tags and hooks append, mappings merge, all else is replaced. */
import type { Config, FolderSetting } from "../config/config.ts";

interface Mergeable {
  readonly tags?: readonly string[] | undefined;
}

/** Settings that are mappings, of which a nearer level may say only a part. */
const mappings: ReadonlySet<string> = new Set(["meta", "docs", "contract", "persist_docs"]);
/** Settings that are lists which a nearer level adds to. */
const lists: ReadonlySet<string> = new Set(["pre_hook", "post_hook"]);

/** `folder` is the node's folder below its models or seeds path. */
export function mergeSettings<T extends Mergeable>(levels: readonly FolderSetting[], folder: readonly string[], own: T): T {
  const applying = applyingLevels(levels, folder);
  const settingsOf = (isOver: boolean) => applying.filter(({ over }) => (over !== undefined) === isOver).map((level) => level.settings as Mergeable);
  const merged: Record<string, unknown> = { meta: {} };
  const tags: string[] = [];
  for (const level of [...settingsOf(false), own, ...settingsOf(true)]) {
    for (const [key, value] of Object.entries(level)) {
      if (value === undefined) continue;
      if (mappings.has(key)) merged[key] = { ...(merged[key] as object | undefined), ...(value as object) };
      else if (lists.has(key)) merged[key] = [...((merged[key] as readonly unknown[] | undefined) ?? []), ...[value].flat()];
      else merged[key] = value;
    }
    tags.push(...(level.tags ?? []));
  }
  return { ...merged, tags: [...new Set(tags)] } as unknown as T;
}

/** The levels that a folder lies in, from far to near. */
export function applyingLevels(levels: readonly FolderSetting[], folder: readonly string[]): readonly FolderSetting[] {
  return levels.filter((level) => level.folder.every((part, i) => part === folder[i])).toSorted((a, b) => a.folder.length - b.folder.length);
}

/** The same as it is written, with ${VAR} not replaced: equal in every environment. */
export function unrenderedSettings<T extends Mergeable>(levels: readonly FolderSetting[], folder: readonly string[], own: T): T {
  return mergeSettings(
    levels.map((level) => ({ ...level, settings: level.unrendered })),
    folder,
    own,
  );
}

/** The folders between a file and its configured root. */
export function foldersBelow(file: { readonly path: string; readonly root: string }): readonly string[] {
  return file.path
    .slice(file.root.length + 1)
    .split("/")
    .slice(0, -1);
}

export function fileStem(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.replace(/\.[^.]*$/, "");
}

export function schemaOf(config: Config, setting: string | undefined): string {
  return setting ?? config.target.schema;
}

/** Whether a node is part of the project: its settings may take it out, and so may the project that uses the package it is from. */
export function isWanted({ without }: Config, name: string, enabled: boolean | undefined): boolean {
  return (enabled ?? true) && without?.has(name) !== true;
}
