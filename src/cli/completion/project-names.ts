/**
 * The project's names for completion, without parsing it: targets and selectors from its YAML, nodes from the manifest that
 * the last command has left, or from the names of files where there is none. Whatever cannot be read has no names: nothing
 * is ever said while somebody types.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, parse } from "node:path";
import { parse as parseYaml } from "yaml";
import { findProject, projectFile, selectorsFiles } from "../../config/find-project.ts";
import type { Environment } from "../../config/interpolate.ts";
import { codes } from "../../core/codes/index.ts";
import type { KnownNames } from "../options.ts";
import { type Candidate, type Lookup, starting } from "./complete.ts";
import { completeCriteria, type SelectableNames } from "./criteria.ts";
import { shells } from "./scripts.ts";

/** Loading the reporters takes longer than knowing their names. */
export const reporterNames = ["pretty", "concise", "json", "ndjson", "github", "junit"] as const;

export function lookupIn(cwd: string, environment: Environment): Lookup {
  return (names, typed, projectDir) => {
    const folder = findProject({ cwd, projectDir, environment });
    if (names !== "nodes") return starting(listNames(names, folder), typed);
    return completeCriteria(typed, folder === undefined ? { nodes: [], values: {} } : selectable(folder));
  };
}

function listNames(names: Exclude<KnownNames, "nodes">, folder: string | undefined): readonly Candidate[] {
  const plain = (values: readonly string[]): readonly Candidate[] => values.map((value) => ({ value }));
  switch (names) {
    case "codes":
      return Object.entries(codes).map(([value, { title }]) => ({ value, description: title }));
    case "reporters":
      return plain(reporterNames);
    case "shells":
      return plain(shells);
    case "targets":
      return plain(folder === undefined ? [] : keysOf(readYamlFile(join(folder, projectFile)), "targets"));
    case "selectors":
      return plain(folder === undefined ? [] : selectorNames(folder));
    case "exports":
      return plain(
        folder === undefined ? [] : entriesOf(readManifest(folder)["exposures"]).flatMap(([, { name, meta }]) => (isExport(meta) ? [String(name)] : [])),
      );
  }
}

type Entry = Readonly<Record<string, unknown>>;

function selectable(folder: string): SelectableNames {
  const manifest = readManifest(folder);
  const entries = ["nodes", "sources", "exposures", "unit_tests"].flatMap((section) => entriesOf(manifest[section]));
  if (entries.length === 0) return { nodes: fileNames(folder), values: { selector: selectorNames(folder) } };
  const of = (type: string) => entries.filter(([id]) => id.startsWith(`${type}.`)).map(([, entry]) => entry);
  const named = (type: string) => of(type).map(({ name }) => String(name));
  const nodes = ["model", "seed", "snapshot"].flatMap((type) => named(type).map((name) => ({ name, type })));
  const texts = (list: readonly unknown[]): readonly string[] => [...new Set(list.filter((value) => typeof value === "string"))].toSorted();
  const paths = texts(entries.map(([, entry]) => entry["original_file_path"]));
  const folders = paths.flatMap((path) =>
    path
      .split("/")
      .slice(0, -1)
      .map((_, i, parts) => parts.slice(0, i + 1).join("/")),
  );
  const values = {
    "config.materialized": texts(entries.map(([, { config }]) => record(config)["materialized"])),
    exposure: named("exposure"),
    file: texts(paths.map((path) => parse(path).base)),
    group: entriesOf(manifest["groups"]).map(([, { name }]) => String(name)),
    package: ["this", ...texts(entries.map(([, entry]) => entry["package_name"]))],
    path: texts([...folders, ...paths]),
    selector: selectorNames(folder),
    source: texts(of("source").flatMap(({ source_name, name }) => [source_name, `${source_name}.${name}`])),
    tag: texts(entries.flatMap(([, { tags }]) => (Array.isArray(tags) ? tags : []))),
    test_name: texts(of("test").map(({ test_metadata }) => record(test_metadata)["name"])),
    unit_test: named("unit_test"),
  };
  return { nodes, values };
}

function fileNames(folder: string): SelectableNames["nodes"] {
  const stems = (root: string, type: string, ending: string) => {
    try {
      const paths = readdirSync(join(folder, root), { recursive: true }) as readonly string[];
      return paths.filter((path) => path.endsWith(ending)).map((path) => ({ name: parse(path).name, type }));
    } catch {
      return [];
    }
  };
  return [...stems("models", "model", ".sql"), ...stems("seeds", "seed", ".csv")];
}

function selectorNames(folder: string): readonly string[] {
  for (const file of selectorsFiles) {
    const list = record(readYamlFile(join(folder, file)))["selectors"];
    if (Array.isArray(list)) return list.map((selector) => String(record(selector)["name"]));
  }
  return [];
}

function readManifest(folder: string): Entry {
  try {
    return record(JSON.parse(readFileSync(join(folder, "target", "manifest.json"), "utf8")));
  } catch {
    return {};
  }
}

function readYamlFile(path: string): unknown {
  try {
    return parseYaml(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function isExport(meta: unknown): boolean {
  return record(record(meta)["retain"])["kind"] === "export";
}

function keysOf(value: unknown, key: string): readonly string[] {
  return Object.keys(record(record(value)[key]));
}

function entriesOf(section: unknown): readonly (readonly [string, Entry])[] {
  return Object.entries(record(section)).map(([id, entry]) => [id, record(entry)] as const);
}

function record(value: unknown): Entry {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Entry) : {};
}
