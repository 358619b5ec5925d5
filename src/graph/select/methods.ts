/** The selector methods, one row each: what a node must be for `method:value` to choose it. */
import { type Diagnostic, diagnose } from "../../core/diagnostic.ts";
import { matchesGlob } from "../../core/names.ts";
import type { Resource } from "../../parse/resource.ts";
import { type EarlierRun, resultMethod, sourceStatusMethod, stateMethod, wrongValue } from "./earlier-run.ts";
import { fqnMatcher, matchesConfig, matchesFile, matchesNamed, matchesSource, type Predicate, pathMatcher } from "./matchers.ts";
import { configOf } from "./node-config.ts";

export interface MethodContext {
  readonly projectName: string;
  /** What stands behind the method's name, as `meta.owner` in `config.meta.owner`. */
  readonly argument: string;
  /** Kinds of resources that the project has. */
  readonly resourceTypes: ReadonlySet<string>;
  readonly earlier: EarlierRun | undefined;
  /** The nodes that a selector of selectors.yml chooses, or why there are none. */
  readonly selector: (name: string) => ReadonlySet<string> | Diagnostic;
}

/** From the value to a question about a node, or to what is wrong with the value. */
type Method = (value: string, context: MethodContext) => Predicate | Diagnostic;

export const selectorMethods: Readonly<Record<string, Method>> = {
  fqn: (value) => {
    const matches = fqnMatcher(value);
    return (node) => !notNamedAlone.has(node.resourceType) && matches(node.fqn, versionOf(node) !== undefined);
  },
  tag: (value) => (node) => node.tags.some((tag) => matchesGlob(tag, value)),
  path: (value) => pathMatcher(value),
  file: (value) => (node) => matchesFile(node.originalFilePath, value),
  source: (value) => (node) => node.resourceType === "source" && matchesSource(node.packageName, node.sourceName, node.name, value),
  exposure: (value) => (node) => (node.resourceType === "exposure" || node.resourceType === "export") && matchesNamed(node, value),
  resource_type: (value, { resourceTypes }) => {
    const known = new Set([...dbtTypes, "export", ...resourceTypes]);
    if (!known.has(value)) return wrongValue("resource_type", value, [...known]);
    return (node) => (node.resourceType === "export" ? value === "exposure" || value === "export" : node.resourceType === value);
  },
  config:
    (value, { argument }) =>
    (node) =>
      matchesConfig(node, argument.split("."), value),
  test_type: (value) => {
    if (!testTypes.includes(value)) return wrongValue("test_type", value, testTypes);
    return (node) => {
      if (value === "unit") return isUnitTest(node);
      return node.resourceType === "test" && (value === "data" || value === node.testKind || (value === "schema" && node.testKind === "generic"));
    };
  },
  test_name: (value) => (node) => node.resourceType === "test" && matchesGlob(node.testKind === "generic" ? node.testName : node.name, value),
  package: (value, { projectName }) => {
    const wanted = value === "this" ? projectName : value;
    return (node) => matchesGlob(node.packageName, wanted);
  },
  group: (value) => (node) => typeof configOf(node)["group"] === "string" && matchesGlob(String(configOf(node)["group"]), value),
  access: (value) => {
    if (!accessLevels.includes(value)) return wrongValue("access", value, accessLevels);
    return (node) => node.resourceType === "model" && (configOf(node)["access"] ?? "protected") === value;
  },
  version: (value) => {
    if (!versionValues.includes(value)) return wrongValue("version", value, versionValues);
    return (node) => node.resourceType === "model" && versionWords(node).includes(value);
  },
  unit_test: (value) => (node) => isUnitTest(node) && matchesNamed(node, value),
  state: (value, { earlier }) => stateMethod(value, earlier),
  result: (value, { earlier }) => resultMethod(value, earlier),
  source_status: (value, { earlier }) => sourceStatusMethod(value, earlier),
  selector: (value, { selector }) => {
    const chosen = selector(value);
    return "code" in chosen ? chosen : ({ uniqueId }) => chosen.has(uniqueId);
  },
  metric: (value) => noneHere(`metric:${value}`, "metrics"),
  semantic_model: (value) => noneHere(`semantic_model:${value}`, "semantic models"),
  saved_query: (value) => noneHere(`saved_query:${value}`, "saved queries"),
};

/** The methods as people type them. */
export const methodNames: readonly string[] = Object.keys(selectorMethods).map((name) => (name === "config" ? "config.*" : name));

/** Sources and exposures are chosen by methods of their own; everything else by its name, too. */
const notNamedAlone: ReadonlySet<string> = new Set(["source", "exposure", "export"]);
const dbtTypes = "model analysis test snapshot operation seed source macro exposure metric group saved_query semantic_model unit_test function".split(" ");
const testTypes: readonly string[] = ["generic", "singular", "unit", "data", "schema"];
const accessLevels: readonly string[] = ["private", "protected", "public"];
const versionValues: readonly string[] = ["latest", "prerelease", "old", "none"];

function isUnitTest(node: Resource): boolean {
  return node.resourceType === "unit_test";
}

interface Versioned {
  readonly version?: string | number | undefined;
  readonly latestVersion?: string | number | undefined;
}

function versionOf(node: Resource): string | number | undefined {
  return (node as Versioned).version;
}

/** Which words of `version:` a model answers to. */
function versionWords(node: Resource): readonly string[] {
  const { version, latestVersion } = node as Versioned;
  if (version === undefined) return ["none"];
  if (latestVersion === undefined || version === latestVersion) return ["latest"];
  const order = typeof version === "number" && typeof latestVersion === "number" ? version - latestVersion : String(version) > String(latestVersion) ? 1 : -1;
  return [order > 0 ? "prerelease" : "old"];
}

/** Known to dbt, and nothing that a project here could hold: so it is no mistake of the one who asks. */
function noneHere(criterion: string, what: string): Diagnostic {
  return diagnose(
    "RT0002",
    { criterion },
    { help: `this project has no ${what}, because retain has none; the method is known so that dbt's selectors can be read` },
  );
}
