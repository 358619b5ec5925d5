/** Settings by folder of a whole project, with those that it makes for the packages it uses. Pure. */
import type { Outcome } from "../core/diagnostic.ts";
import type { YamlFile } from "../core/yaml.ts";
import type { Config, FolderSetting, SettingsKind, SourceFile } from "./config.ts";
import { readFolderSettings } from "./folder-settings.ts";
import type { FoundPackage } from "./load-packages.ts";
import { modelConfigSchema, type Project, seedConfigSchema, snapshotConfigSchema } from "./schema.ts";

/** A package stands among the project's folders, by its project's name. */
export function readAllFolderSettings(
  project: Project,
  yaml: YamlFile,
  files: readonly SourceFile[],
  packages: readonly FoundPackage[],
): Outcome<Config["folderSettings"]> {
  const folders = (kind: SettingsKind): ReadonlySet<string> =>
    new Set([
      ...foldersOf(files, kind),
      ...packages.flatMap(({ project: { name }, files: inside }) => [name, ...[...foldersOf(inside, kind)].map((folder) => `${name}/${folder}`)]),
    ]);
  const models = readFolderSettings("models", project.models, modelConfigSchema, folders("models"), yaml);
  const seeds = readFolderSettings("seeds", project.seeds, seedConfigSchema, folders("seeds"), yaml);
  const snapshots = readFolderSettings("snapshots", project.snapshots, snapshotConfigSchema, folders("snapshots"), yaml);
  return {
    value: { models: models.value, seeds: seeds.value, snapshots: snapshots.value },
    diagnostics: [...models.diagnostics, ...seeds.diagnostics, ...snapshots.diagnostics],
  };
}

/** Without those for packages. */
export function ownLevels(levels: Config["folderSettings"], packages: ReadonlySet<string>): Config["folderSettings"] {
  const own = (list: readonly FolderSetting[]) => list.filter(({ folder }) => !packages.has(folder[0] ?? ""));
  return { models: own(levels.models), seeds: own(levels.seeds), snapshots: own(levels.snapshots) };
}

/** Those for one package, as seen from its own folders. */
export function levelsOver(levels: readonly FolderSetting[], name: string, yaml: YamlFile): readonly FolderSetting[] {
  return levels.filter(({ folder }) => folder[0] === name).map((level) => ({ ...level, folder: level.folder.slice(1), over: yaml }));
}

/** Every folder below a kind's roots that holds a file of the project. */
function foldersOf(files: readonly SourceFile[], kind: SettingsKind): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const file of files) {
    if (file.kind !== kind) continue;
    const parts = file.path
      .slice(file.root.length + 1)
      .split("/")
      .slice(0, -1);
    parts.forEach((_, i) => {
      folders.add(parts.slice(0, i + 1).join("/"));
    });
  }
  return folders;
}
