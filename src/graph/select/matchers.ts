/** How the values of selector methods are compared with a node: names, paths, files and settings. Pure. */
import { globToRegExp, isGlob, matchesGlob } from "../../core/names.ts";
import type { Resource } from "../../parse/resource.ts";
import { configOf } from "./node-config.ts";

/** A question about a node. */
export type Predicate = (node: Resource) => boolean;

/**
 * The name itself, or a dotted path from the front of the fully qualified name, with the package or without it. From the
 * first part with a wildcard on, the rest is one pattern; and a pattern may also match the name alone, so that `stg_*` finds
 * models in any folder. A model with a version ends in `name.v2`: its name alone means all versions, and `name.v2` and
 * `name_v2` mean that one. Many values are asked of many nodes, so all that the value tells is worked out once.
 */
export function fqnMatcher(value: string): (fqn: readonly string[], isVersioned: boolean) => boolean {
  const isName = globMatcher(value);
  const version = value.split(".").slice(-2).join("_");
  const expression = isGlob(value) ? globToRegExp(value) : undefined;
  // Most nodes are told apart by the first characters, without taking their names to pieces.
  const start = /^[^.*?[\]]*/.exec(value)?.[0] ?? "";
  const isPath = (fqn: readonly string[], from: number): boolean => {
    if (!fqn[from]?.startsWith(start)) return false;
    return expression ? expression.test(fqn.slice(from).join(".")) : beginsWith(fqn, from, value);
  };
  return (fqn, isVersioned) => {
    if (isName(fqn.at(isVersioned ? -2 : -1) ?? "")) return true;
    if (isVersioned && fqn.slice(-2).join("_") === version) return true;
    return isPath(fqn, 0) || isPath(fqn, 1);
  };
}

/** Whether the value is the first parts of the name; a segment may be several parts. */
function beginsWith(fqn: readonly string[], from: number, value: string): boolean {
  let at = 0;
  for (const segment of fqn.slice(from)) {
    if (!value.startsWith(segment, at)) return segment.startsWith(`${value.slice(at)}.`);
    at += segment.length;
    if (at === value.length) return true;
    if (value[at] !== ".") return false;
    at++;
  }
  return false;
}

/** `matchesGlob` for a pattern that is asked often. */
function globMatcher(pattern: string): (text: string) => boolean {
  if (!isGlob(pattern)) return (text) => text === pattern;
  const expression = globToRegExp(pattern);
  const start = /^[^*?[\]]*/.exec(pattern)?.[0] ?? "";
  return (text) => text.startsWith(start) && expression.test(text);
}

/** The file, the YAML file that declares it, or any folder above them; `*` stays within a folder, `**` does not. */
export function pathMatcher(value: string): Predicate {
  const pattern = value.replaceAll("\\", "/").replace(/^\.\//, "").replace(/\/+$/, "");
  const expression = isGlob(pattern) ? pathExpression(pattern) : undefined;
  return (node) => {
    const files = node.patchPath === undefined ? [node.originalFilePath] : [node.originalFilePath, node.patchPath];
    const candidates = files.flatMap((file) => {
      const parts = file.split("/");
      return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
    });
    return expression ? candidates.some((candidate) => expression.test(candidate)) : candidates.includes(pattern);
  };
}

function pathExpression(pattern: string): RegExp {
  const source = pattern
    .split("/")
    .map((part) => (part === "**" ? "(?:.*)" : globToRegExp(part).source.slice(1, -1).replaceAll("[\\s\\S]", "[^/]")))
    .join("/")
    .replaceAll("(?:.*)/", "(?:.*/)?");
  return new RegExp(`^${source}$`);
}

export function matchesFile(path: string, value: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const stem = name.slice(0, name.lastIndexOf("."));
  return matchesGlob(name, value) || matchesGlob(stem, value);
}

/** `source`, `source.table` or `package.source.table`. */
export function matchesSource(packageName: string, source: string, table: string, value: string): boolean {
  const parts = value.split(".");
  const [a = "", b = "*", c] = parts;
  if (c !== undefined) return parts.length === 3 && matchesGlob(packageName, a) && matchesGlob(source, b) && matchesGlob(table, c);
  return matchesGlob(source, a) && matchesGlob(table, b);
}

/** `name` or `package.name`. */
export function matchesNamed(node: Resource, value: string): boolean {
  const parts = value.split(".");
  return parts.length === 2 ? matchesGlob(node.packageName, parts[0] ?? "") && matchesGlob(node.name, parts[1] ?? "") : matchesGlob(node.name, value);
}

/** Equal, or one of a list, or a key of a mapping; true and false, and severities, without regard to case. */
export function matchesConfig(node: Resource, path: readonly string[], value: string): boolean {
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
