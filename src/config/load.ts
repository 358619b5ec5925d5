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
import type { Config, FolderSetting, SettingsKind } from "./config.ts";
import { findProject, projectFile, readEnvironment, selectorsFiles, type Whereabouts } from "./find-project.ts";
import { type Environment, interpolate, secretsOf } from "./interpolate.ts";
import { type FoundPackage, findPackages, packageVars } from "./load-packages.ts";
import { levelsOver, ownLevels, readAllFolderSettings } from "./project-folders.ts";
import { readTree } from "./read-tree.ts";
import { type Project, projectSchema } from "./schema.ts";

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
  const found = await findPackages(projectDir, project, yaml, environment);
  for (const [path, read] of found.sources) sources.set(path, read);
  // What is missing would be missed once more at every ref to it.
  if (hasErrors(found.diagnostics))
    return { value: { config: undefined, sources }, diagnostics: [...settings.diagnostics, ...files.diagnostics, ...found.diagnostics] };
  const settingsByFolder = readAllFolderSettings(project, yaml, files.value, found.value);
  const packageNames = new Set(found.value.map((each) => each.project.name));
  const own = <T>(vars: Readonly<Record<string, T>> = {}) => Object.fromEntries(Object.entries(vars).filter(([name]) => !packageNames.has(name)));
  const config: Config = {
    projectDir,
    project: { ...project, vars: own(project.vars) },
    targetName,
    target,
    vars: own({ ...project.vars, ...options.vars }),
    folderSettings: ownLevels(settingsByFolder.value, packageNames),
    environment,
    secrets: [...new Set([...secrets, ...found.value.flatMap((each) => each.secrets)])],
    yaml,
    files: files.value,
    packages: [],
    selectorsFile: selectors.value,
  };
  const packages = found.value.map((each) => packageConfig(config, each, project.vars, options.vars ?? {}, settingsByFolder.value));
  return {
    value: { config: { ...config, packages: packages.map(({ value }) => value) }, sources },
    diagnostics: [
      ...settings.diagnostics,
      ...files.diagnostics,
      ...selectors.diagnostics,
      ...found.diagnostics,
      ...settingsByFolder.diagnostics,
      ...packages.flatMap(({ diagnostics }) => diagnostics),
    ],
  };
}

/** What the project makes of a package that it uses. */
function packageConfig(
  config: Config,
  found: FoundPackage,
  projectVars: Config["vars"],
  given: Config["vars"],
  levelsOfProject: Config["folderSettings"],
): Outcome<Config> {
  const { project, yaml, files } = found;
  const vars = packageVars(found, projectVars[project.name], given, config.yaml);
  const own = readAllFolderSettings(project, yaml, files, []);
  const levels = (kind: SettingsKind): readonly FolderSetting[] => [...own.value[kind], ...levelsOver(levelsOfProject[kind], project.name, config.yaml)];
  const folderSettings = { models: levels("models"), seeds: levels("seeds"), snapshots: levels("snapshots") };
  const value: Config = { ...config, project, yaml, files, vars: vars.value, folderSettings, without: found.without, selectorsFile: undefined };
  return { value, diagnostics: [...vars.diagnostics, ...own.diagnostics] };
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
