/**
 * npm packages that hold a retain.yml: found in node_modules, from the project's folder upwards, and read like a project of
 * their own. Each becomes a Config beside the project's, with the project's target and environment, variables of its own and
 * the settings that the project makes over them. Finding one runs none of its code.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { checkSchema } from "../core/check-schema.ts";
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import type { Span } from "../core/span.ts";
import { readYaml, type YamlFile } from "../core/yaml.ts";
import type { Config, SourceFile } from "./config.ts";
import { projectFile } from "./find-project.ts";
import { interpolate } from "./interpolate.ts";
import { readTree } from "./read-tree.ts";
import { type Project, packageSchema } from "./schema.ts";

/** A package as it lies on disk, before the project's own settings are known to fit it. */
export interface FoundPackage {
  readonly project: Project;
  readonly yaml: YamlFile;
  readonly files: readonly SourceFile[];
  /** Where the project, or the package that needs this one, names it. */
  readonly named: Span;
  /** Names of nodes that are left out, with the place where that is said. */
  readonly without: ReadonlyMap<string, Span>;
  readonly secrets: readonly string[];
}

/** What was found, and the texts of all that was read. */
export interface FoundPackages extends Outcome<readonly FoundPackage[]> {
  readonly sources: ReadonlyMap<string, string>;
}

/** All packages that a project names, and those that these name, each once. */
export async function findPackages(projectDir: string, project: Project, yaml: YamlFile, environment: Config["environment"]): Promise<FoundPackages> {
  const found = new Map<string, FoundPackage>();
  const diagnostics: Diagnostic[] = [];
  const sources = new Map<string, string>();
  const visit = async (from: string, packages: Project["packages"], place: YamlFile): Promise<void> => {
    for (const [i, setting] of packages.entries()) {
      const { name } = setting;
      const path = ["packages", i];
      const named = place.spanOf([...path, "name"]) ?? place.spanOf(path);
      const without = setting.without.map((each, k) => [each, place.spanOf([...path, "without", k])] as const);
      const folder = locate(from, name);
      if (folder === undefined) diagnostics.push(diagnose("RT0115", { name }, { span: named, help: `npm install ${name}` }));
      else if (!existsSync(join(folder, projectFile))) diagnostics.push(diagnose("RT0116", { name }, { span: named }));
      if (folder === undefined || !existsSync(join(folder, projectFile))) continue;
      const real = realpathSync(folder);
      const known = found.get(real);
      if (known) {
        found.set(real, { ...known, without: new Map([...known.without, ...without]) });
        continue;
      }
      const read = await readPackage(projectDir, folder, environment, sources);
      diagnostics.push(...read.diagnostics);
      if (!read.value) continue;
      const own = read.value.project.name;
      const twin = [...found.values()].find((other) => other.project.name === own);
      if (twin || own === project.name) {
        const notes = twin ? [{ message: "the other one is named here", span: twin.named }] : [];
        diagnostics.push(diagnose("RT0117", { name, project: own, isOwn: !twin }, { span: named, notes }));
        continue;
      }
      found.set(real, { ...read.value, named, without: new Map(without) });
      await visit(real, read.value.project.packages, read.value.yaml);
    }
  };
  await visit(projectDir, project.packages, yaml);
  return { value: [...found.values()], diagnostics, sources };
}

/** The nearest folder of that name in node_modules, as Node looks for it. */
function locate(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

async function readPackage(
  projectDir: string,
  folder: string,
  environment: Config["environment"],
  sources: Map<string, string>,
): Promise<Outcome<Omit<FoundPackage, "named" | "without"> | undefined>> {
  // As people and editors find it, also where the package is a link into the same repository.
  const prefix = relative(projectDir, folder).replaceAll("\\", "/");
  const file = `${prefix}/${projectFile}`;
  let text: string;
  try {
    text = readFileSync(join(folder, projectFile), "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    return { value: undefined, diagnostics: [diagnose("RT0107", { path: file, problem: (error as Error).message })] };
  }
  sources.set(file, text);
  const yaml = readYaml(file, text);
  if (yaml.diagnostics.length > 0) return { value: undefined, diagnostics: yaml.diagnostics };
  // Targets and destinations are the project's own affair; what a package says of them is for those who work on it.
  const general = interpolate(yaml.value, environment, yaml, [], ["targets", "destinations"]);
  const { targets, destinations, default_target, ...rest } = (general.value ?? {}) as Readonly<Record<string, unknown>>;
  const checked = checkSchema(packageSchema, rest, yaml, [], projectFile);
  const diagnostics = [...general.diagnostics, ...checked.diagnostics];
  if (!checked.value) return { value: undefined, diagnostics };
  // Nothing is sent anywhere because a package was installed: its exports are not read.
  const project: Project = { ...checked.value, paths: { ...checked.value.paths, exports: [] } };
  const tree = await readTree(folder, project.paths);
  const files = tree.value.map((found) => ({ ...found, path: `${prefix}/${found.path}`, root: `${prefix}/${found.root}` }));
  for (const found of files) sources.set(found.path, found.text);
  const inPackage = tree.diagnostics.map((one) => (one.span ? { ...one, span: { ...one.span, file: `${prefix}/${one.span.file}` } } : one));
  return { value: { project, yaml, files, secrets: general.secrets }, diagnostics: [...diagnostics, ...inPackage] };
}

/** The variables that a package sees: its own, the project's for it, and those of the command line. */
export function packageVars(
  found: FoundPackage,
  ofProject: unknown,
  given: Readonly<Record<string, unknown>>,
  yaml: YamlFile,
): Outcome<Readonly<Record<string, unknown>>> {
  const { name, vars } = found.project;
  const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> => value !== null && typeof value === "object" && !Array.isArray(value);
  const path = ["vars", name];
  if (ofProject !== undefined && !isMapping(ofProject)) {
    const problem = "it is the name of a package, so it is a mapping of that package's variables";
    return { value: vars, diagnostics: [diagnose("RT0104", { where: `${projectFile}: vars.${name}`, problem }, { span: yaml.spanOf(path) })] };
  }
  const overrides = ofProject ?? {};
  const texts = found.files.map(({ text }) => text);
  const diagnostics = Object.keys(overrides)
    .filter((key) => !Object.hasOwn(vars, key) && !texts.some((text) => text.includes(key)))
    .map((key) => diagnose("RT0118", { package: name, name: key }, { span: yaml.keySpanOf([...path, key]), help: suggestion(key, Object.keys(vars)) }));
  const { [name]: forPackage, ...general } = given;
  if (forPackage !== undefined && !isMapping(forPackage))
    diagnostics.push(
      diagnose(
        "RT0005",
        { problem: `the variable "${name}" is given as ${JSON.stringify(forPackage)}, but it is a package and takes a mapping of its variables` },
        { help: `write {"${name}": {${Object.keys(vars)[0] ?? "name"}: …}}` },
      ),
    );
  return { value: { ...vars, ...overrides, ...general, ...(isMapping(forPackage) && forPackage) }, diagnostics };
}
