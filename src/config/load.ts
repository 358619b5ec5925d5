/**
 * From a working directory to a Config: finds retain.yml, loads .env, checks the settings, picks the target and reads the
 * project's files. Together with read-tree.ts the only code that touches the project on disk before the run.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkSchema } from "../core/check-schema.ts";
import { type Diagnostic, diagnose, hasErrors, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { readYaml, type YamlFile } from "../core/yaml.ts";
import type { Config, SettingsKind, SourceFile } from "./config.ts";
import { findProject, projectFile, readEnvironment, selectorsFiles, type Whereabouts } from "./find-project.ts";
import { readFolderSettings } from "./folder-settings.ts";
import { type Environment, interpolate, secretsOf } from "./interpolate.ts";
import { readTree } from "./read-tree.ts";
import { modelConfigSchema, type Project, projectSchema, seedConfigSchema, snapshotConfigSchema } from "./schema.ts";

export interface LoadOptions extends Whereabouts {
  /** Over RETAIN_TARGET of the environment, which is over `default_target`. */
  readonly target?: string | undefined;
  readonly vars?: Readonly<Record<string, unknown>> | undefined;
}

export interface Loaded {
  /** Missing when there is no project, or its settings cannot be used. */
  readonly config: Config | undefined;
  /** The text of every file that was read, for code frames. */
  readonly sources: ReadonlyMap<string, string>;
}

export async function loadConfig(options: LoadOptions): Promise<Outcome<Loaded>> {
  const nothing = { config: undefined, sources: new Map<string, string>() };
  const projectDir = findProject(options);
  if (projectDir === undefined) {
    const from = resolve(options.cwd, options.projectDir ?? options.environment["RETAIN_PROJECT_DIR"] ?? "");
    return { value: nothing, diagnostics: [diagnose("RT0101", { from, isNamed: from !== resolve(options.cwd) })] };
  }
  let text: string;
  let environment: Environment;
  try {
    text = readFileSync(join(projectDir, projectFile), "utf8").replace(/^\uFEFF/, "");
    environment = readEnvironment(projectDir, options.environment);
  } catch (error) {
    return { value: nothing, diagnostics: [diagnose("RT0107", { path: projectFile, problem: (error as Error).message })] };
  }
  const yaml = readYaml(projectFile, text);
  const settings = readSettings(yaml, environment, options);
  const sources = new Map([[projectFile, text]]);
  if (settings.value === undefined) return { value: { config: undefined, sources }, diagnostics: settings.diagnostics };

  const { project, targetName, target, secrets } = settings.value;
  const files = await readTree(projectDir, project.paths);
  for (const file of files.value) sources.set(file.path, file.text);
  const selectors = readSelectorsFile(projectDir);
  if (selectors.value) sources.set(selectors.value.file, selectors.text);
  const models = readFolderSettings("models", project.models, modelConfigSchema, foldersOf(files.value, "models"), yaml);
  const seeds = readFolderSettings("seeds", project.seeds, seedConfigSchema, foldersOf(files.value, "seeds"), yaml);
  const snapshots = readFolderSettings("snapshots", project.snapshots, snapshotConfigSchema, foldersOf(files.value, "snapshots"), yaml);
  const config: Config = {
    projectDir,
    project,
    targetName,
    target,
    vars: { ...project.vars, ...options.vars },
    folderSettings: { models: models.value, seeds: seeds.value, snapshots: snapshots.value },
    environment,
    secrets,
    yaml,
    files: files.value,
    selectorsFile: selectors.value,
  };
  return {
    value: { config, sources },
    diagnostics: [
      ...settings.diagnostics,
      ...files.diagnostics,
      ...selectors.diagnostics,
      ...models.diagnostics,
      ...seeds.diagnostics,
      ...snapshots.diagnostics,
    ],
  };
}

/** Named selections are optional: most projects have none. */
function readSelectorsFile(projectDir: string): Outcome<YamlFile | undefined> & { readonly text: string } {
  for (const name of selectorsFiles) {
    const path = join(projectDir, name);
    if (!existsSync(path)) continue;
    try {
      const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
      return { value: readYaml(name, text), text, diagnostics: [] };
    } catch (error) {
      return { value: undefined, text: "", diagnostics: [diagnose("RT0107", { path: name, problem: (error as Error).message })] };
    }
  }
  return { value: undefined, text: "", diagnostics: [] };
}

interface Settings {
  readonly project: Project;
  readonly targetName: string;
  readonly target: Project["targets"][string];
  readonly secrets: readonly string[];
}

/** Checks retain.yml. Only the chosen target is interpolated, so that a laptop needs no secrets of production. */
function readSettings(yaml: YamlFile, environment: Environment, options: LoadOptions): Outcome<Settings | undefined> {
  if (yaml.diagnostics.length > 0) return { value: undefined, diagnostics: yaml.diagnostics };
  const general = interpolate(yaml.value, environment, yaml, [], ["targets", "destinations"]);
  const checked = checkSchema(projectSchema, general.value, yaml, [], projectFile);
  const diagnostics: Diagnostic[] = [...general.diagnostics, ...checked.diagnostics];
  const project = checked.value;
  if (project === undefined) return { value: undefined, diagnostics };

  project.packages.forEach((name, i) => {
    diagnostics.push(diagnose("RT0109", { name: String(name) }, { span: yaml.spanOf(["packages", i]) }));
  });
  const names = Object.keys(project.targets);
  const wanted = options.target ?? (environment["RETAIN_TARGET"] || undefined);
  const targetName = wanted ?? project.default_target ?? names[0] ?? "";
  const target = project.targets[targetName];
  if (target === undefined) {
    const span = wanted === undefined ? yaml.spanOf(["default_target"]) : undefined;
    diagnostics.push(diagnose("RT0106", { name: targetName, known: names.join(", ") }, { span, help: suggestion(targetName, names) }));
    return { value: undefined, diagnostics };
  }
  const chosen = interpolate(target, environment, yaml, ["targets", targetName]);
  diagnostics.push(...chosen.diagnostics);
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const secrets = [...new Set([...general.secrets, ...chosen.secrets, ...secretsOf(environment)])];
  return { value: { project, targetName, target: chosen.value as Settings["target"], secrets }, diagnostics };
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
