/**
 * Makes of a model with `versions` one declaration for each of them, as dbt does: what a version says itself is put over
 * what the model says, and its columns are the model's with exceptions. Each value still knows its own place in the YAML.
 */
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import type { YamlFile, YamlPath } from "../core/yaml.ts";
import type { Declared } from "./read-declarations.ts";
import type { ModelDeclaration, VersionDeclaration } from "./resource-schema.ts";
import { mergeSettings } from "./settings.ts";

export type Version = string | number;

export interface ModelVersion {
  readonly v: Version;
  readonly latest: Version;
  /** Names that its file may have, without the ending. */
  readonly stems: readonly string[];
}

/** A model as one version of it declares it. */
export interface ModelVariant extends ModelDeclaration {
  readonly version?: ModelVersion | undefined;
}

/** A node as people name it: `orders`, and `orders.v2` for a version of a model. */
export function nameWithVersion(node: { readonly name: string; readonly version?: Version | undefined }): string {
  return node.version === undefined ? node.name : `${node.name}.v${node.version}`;
}

type Column = ModelDeclaration["columns"][number];

export function expandVersions(declarations: readonly Declared<ModelDeclaration>[]): Outcome<readonly Declared<ModelVariant>[]> {
  const diagnostics: Diagnostic[] = [];
  const value = declarations.flatMap((declared) => (declared.value.versions ? expand(declared, declared.value.versions, diagnostics) : [declared]));
  return { value, diagnostics };
}

function expand(declared: Declared<ModelDeclaration>, versions: readonly VersionDeclaration[], diagnostics: Diagnostic[]): readonly Declared<ModelVariant>[] {
  const { value, yaml, path } = declared;
  const wrong = (problem: string, at: YamlPath, help?: string): void => {
    diagnostics.push(diagnose("RT0230", { model: value.name, problem }, { span: yaml.spanOf([...path, ...at]), help }));
  };
  if (value.sql !== undefined) wrong("each version has SQL of its own", ["sql"], "move it under one of the `versions`, or into a file of its own");
  if (versions.length === 0) wrong("`versions` is empty", ["versions"], "remove it, or name at least one: versions: [{v: 1}]");
  const known = versions.map(({ v }) => v);
  known.forEach((v, i) => {
    if (known.findIndex((other) => String(other) === String(v)) < i) wrong(`version ${v} stands twice`, ["versions", i, "v"]);
  });
  const wanted = value.latest_version;
  const latest = wanted === undefined ? newest(known) : known.find((v) => String(v) === String(wanted));
  if (latest === undefined && wanted !== undefined)
    wrong(`latest_version ${wanted} is none of its versions`, ["latest_version"], `its versions are ${known.join(", ")}`);
  return versions.flatMap((version, i) => (latest === undefined ? [] : [makeVariant(declared, version, i, latest)]));
}

/** The greatest number; without numbers only, the last in the order of the alphabet. */
export function newest(versions: readonly Version[]): Version | undefined {
  const areNumbers = versions.every((v) => !Number.isNaN(Number(v)));
  return versions.toSorted((a, b) => (areNumbers ? Number(a) - Number(b) : String(a) < String(b) ? -1 : 1)).at(-1);
}

function makeVariant(declared: Declared<ModelDeclaration>, version: VersionDeclaration, i: number, latest: Version): Declared<ModelVariant> {
  const { value, yaml, path } = declared;
  const own: YamlPath = [...path, "versions", i];
  const columns = mergeColumns(value.columns, path, version.columns, own);
  const { v } = version;
  const isLatest = String(v) === String(latest);
  const file = (version.defined_in ?? `${value.name}_v${v}`).replace(/\.(sql|mjs)$/, "");
  const { versions: _, latest_version: _latest, tests, data_tests, ...base } = value;
  const testsOf = (version.tests ?? version.data_tests) ? { tests: version.tests, data_tests: version.data_tests } : { tests, data_tests };
  const merged: ModelVariant = {
    ...base,
    ...testsOf,
    description: version.description ?? value.description,
    columns: columns.map(({ column }) => column),
    constraints: version.constraints ?? value.constraints,
    sql: version.sql,
    refs: version.refs ?? value.refs,
    access: version.access ?? value.access,
    deprecation_date: version.deprecation_date ?? value.deprecation_date,
    config: mergeSettings([{ folder: [], settings: marked(value.config, "model"), unrendered: {}, paths: {} }], [], marked(version.config, "version")),
    version: { v, latest, stems: isLatest && version.defined_in === undefined ? [file, value.name] : [file] },
  };
  return { ...declared, value: merged, yaml: mapPlaces(yaml, path, (rest) => originOf(rest, version, path, own, columns)) };
}

/** Hooks of both add up, so each is marked with whose list it stands in. */
function marked<C extends ModelDeclaration["config"]>(config: C, whose: "model" | "version"): C {
  const mark = (hooks: C["pre_hook"]) => hooks?.map((hook) => ({ ...hook, at: [whose, ...hook.at] }));
  return {
    ...config,
    ...(config.pre_hook && { pre_hook: mark(config.pre_hook) }),
    ...(config.post_hook && { post_hook: mark(config.post_hook) }),
  };
}

interface Placed {
  readonly column: Column;
  readonly path: YamlPath;
}

/** Without `include` all columns of the model; what the version declares itself takes the place of one of the same name. */
function mergeColumns(base: readonly Column[], basePath: YamlPath, listed: VersionDeclaration["columns"], own: YamlPath): readonly Placed[] {
  const all = base.map((column, i): Placed => ({ column, path: [...basePath, "columns", i] }));
  const rule = listed?.find((item) => "include" in item || "exclude" in item) as
    | { include?: string | readonly string[]; exclude?: readonly string[] }
    | undefined;
  const isNamed = (names: readonly string[], { column }: Placed): boolean => names.some((name) => name.toLowerCase() === column.name.toLowerCase());
  const { include = "all", exclude = [] } = rule ?? {};
  const inherited = all.filter((placed) => (typeof include === "string" || isNamed(include, placed)) && !isNamed(exclude, placed));
  const declared = (listed ?? []).flatMap((item, i): readonly Placed[] => ("name" in item ? [{ column: item, path: [...own, "columns", i] }] : []));
  const replaced = inherited.map((placed) => declared.find((other) => isNamed([placed.column.name], other)) ?? placed);
  return [...replaced, ...declared.filter((placed) => !replaced.includes(placed))];
}

/** Where a value of the merged declaration really stands. */
function originOf(rest: YamlPath, version: VersionDeclaration, base: YamlPath, own: YamlPath, columns: readonly Placed[]): YamlPath {
  const [key, second, third, ...below] = rest;
  if (key === "name") return [...own, "v"];
  if (key === "columns" && typeof second === "number") return [...(columns[second]?.path ?? base), ...(third === undefined ? [] : [third]), ...below];
  if (key === "config" && (third === "model" || third === "version")) return [...(third === "model" ? base : own), "config", second ?? "", ...below];
  const holder =
    key === "config" ? (version.config as Readonly<Record<string, unknown>>)[String(second)] : (version as Readonly<Record<string, unknown>>)[String(key)];
  return [...(holder === undefined ? base : own), ...rest];
}

function mapPlaces(yaml: YamlFile, base: YamlPath, map: (rest: YamlPath) => YamlPath): YamlFile {
  const mapped = (path: YamlPath): YamlPath => (base.every((step, i) => path[i] === step) ? map(path.slice(base.length)) : path);
  return {
    ...yaml,
    spanOf: (path) => yaml.spanOf(mapped(path)),
    keySpanOf: (path) => yaml.keySpanOf(mapped(path)),
    textAt: (path) => yaml.textAt(mapped(path)),
  };
}
