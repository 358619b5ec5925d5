/** The selector methods, one row each: what a node must be for `method:value` to choose it. */
import { globToRegExp, isGlob, matchesGlob } from "../../core/names.ts";
import type { Resource } from "../../parse/resource.ts";

type Method = (node: Resource, value: string, context: { readonly projectName: string; readonly argument: string }) => boolean;

export const selectorMethods: Readonly<Record<string, Method>> = {
  fqn: (node, value) => isExecutable(node) && (matchesFqn(node.fqn, value) || matchesFqn(node.fqn.slice(1), value)),
  tag: (node, value) => node.tags.some((tag) => matchesGlob(tag, value)),
  path: (node, value) => matchesPath(node, value),
  file: (node, value) => matchesFile(node.originalFilePath, value),
  source: (node, value) => node.resourceType === "source" && matchesSource(node.packageName, node.sourceName, node.name, value),
  exposure: (node, value) => (node.resourceType === "exposure" || node.resourceType === "export") && matchesNamed(node, value),
  resource_type: (node, value) => (node.resourceType === "export" ? value === "exposure" || value === "export" : node.resourceType === value),
  config: (node, value, { argument }) => matchesConfig(node, argument.split("."), value),
  test_type: (node, value) => {
    if (node.resourceType !== "test") return false;
    return value === "data" || value === node.testKind || (value === "schema" && node.testKind === "generic");
  },
  test_name: (node, value) => node.resourceType === "test" && matchesGlob(node.testKind === "generic" ? node.testName : node.name, value),
  package: (node, value, { projectName }) => matchesGlob(node.packageName, value === "this" ? projectName : value),
};

/** The methods as people type them. */
export const methodNames: readonly string[] = Object.keys(selectorMethods).map((name) => (name === "config" ? "config.*" : name));

function isExecutable(node: Resource): boolean {
  return node.resourceType === "model" || node.resourceType === "seed" || node.resourceType === "test";
}

/**
 * The name itself, or a dotted path from the front of the fully qualified name. From the first part with a wildcard on, the
 * rest is one pattern; and a pattern may also match the name alone, so that `stg_*` finds models in any folder.
 */
function matchesFqn(fqn: readonly string[], value: string): boolean {
  const leaf = fqn.at(-1) ?? "";
  if (matchesGlob(leaf, value)) return true;
  const parts = fqn.flatMap((segment) => segment.split("."));
  const wanted = value.split(".");
  if (parts.length < wanted.length) return false;
  for (const [i, part] of wanted.entries()) {
    if (isGlob(part)) return globToRegExp(wanted.slice(i).join(".")).test(parts.slice(i).join("."));
    if (parts[i] !== part) return false;
  }
  return true;
}

/** The file, the YAML file that declares it, or any folder above them; `*` stays within a folder, `**` does not. */
function matchesPath(node: Resource, value: string): boolean {
  const pattern = value.replaceAll("\\", "/").replace(/^\.\//, "").replace(/\/+$/, "");
  const files = node.patchPath === undefined ? [node.originalFilePath] : [node.originalFilePath, node.patchPath];
  const candidates = files.flatMap((file) => {
    const parts = file.split("/");
    return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
  });
  if (!isGlob(pattern)) return candidates.includes(pattern);
  const source = pattern
    .split("/")
    .map((part) => (part === "**" ? "(?:.*)" : globToRegExp(part).source.slice(1, -1).replaceAll("[\\s\\S]", "[^/]")))
    .join("/")
    .replaceAll("(?:.*)/", "(?:.*/)?");
  const expression = new RegExp(`^${source}$`);
  return candidates.some((candidate) => expression.test(candidate));
}

function matchesFile(path: string, value: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const stem = name.slice(0, name.lastIndexOf("."));
  return matchesGlob(name, value) || matchesGlob(stem, value);
}

function matchesSource(packageName: string, source: string, table: string, value: string): boolean {
  const parts = value.split(".");
  const [a = "", b = "*", c] = parts;
  if (c !== undefined) return parts.length === 3 && matchesGlob(packageName, a) && matchesGlob(source, b) && matchesGlob(table, c);
  return matchesGlob(source, a) && matchesGlob(table, b);
}

function matchesNamed(node: Resource, value: string): boolean {
  const parts = value.split(".");
  return parts.length === 2 ? matchesGlob(node.packageName, parts[0] ?? "") && matchesGlob(node.name, parts[1] ?? "") : matchesGlob(node.name, value);
}

function matchesConfig(node: Resource, path: readonly string[], value: string): boolean {
  let found: unknown = configOf(node);
  for (const key of path) found = found !== null && typeof found === "object" ? (found as Record<string, unknown>)[key] : undefined;
  const isEqual = (item: unknown): boolean => {
    if (typeof item === "boolean") return String(item) === value.toLowerCase();
    if (path[0] === "severity") return String(item).toLowerCase() === value.toLowerCase();
    return item !== undefined && item !== null && matchesGlob(String(item), value);
  };
  if (Array.isArray(found)) return found.some(isEqual);
  if (found !== null && typeof found === "object") return Object.hasOwn(found, value);
  return isEqual(found);
}

/** The settings in force, with the defaults that a user would name. */
export function configOf(node: Resource): Readonly<Record<string, unknown>> {
  switch (node.resourceType) {
    case "model":
      return {
        ...node.config,
        materialized: node.materialized,
        enabled: node.enabled,
        schema: node.schema,
        alias: node.alias,
        tags: node.tags,
        meta: node.meta,
      };
    case "seed":
      return { ...node.config, materialized: "seed", enabled: node.enabled, schema: node.schema, alias: node.alias, tags: node.tags, meta: node.meta };
    case "test":
      return { ...node.config, materialized: "test" };
    default:
      return { tags: node.tags, meta: node.meta, enabled: true };
  }
}
