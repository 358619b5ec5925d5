/**
 * The project's names for completion, without parsing it: targets and selectors from its YAML, nodes from the manifest that
 * the last command has left, or from the YAML of its folders where there is none. Whatever cannot be read has no names: nothing
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
      return plain(folder === undefined ? [] : exportNames(folder));
  }
}

type Entry = Readonly<Record<string, unknown>>;

function selectable(folder: string): SelectableNames {
  const manifest = readManifest(folder);
  const entries = ["nodes", "sources", "exposures", "unit_tests"].flatMap((section) => entriesOf(manifest[section]));
  if (entries.length === 0) return declaredNames(folder);
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

function exportNames(folder: string): readonly string[] {
  const manifest = readManifest(folder);
  if (Object.keys(manifest).length === 0) return declaredNames(folder).values["export"] ?? [];
  return entriesOf(manifest["exposures"]).flatMap(([, { name, meta }]) => (isExport(meta) ? [String(name)] : []));
}

/** More files than this take longer to read than anybody waits for a completion. */
const mostFiles = 300;

/** What the YAML of a project declares that was never parsed: names only. Files of SQL and CSV count by theirs. */
function declaredNames(folder: string): SelectableNames {
  const files = foldersOf(folder).flatMap((root) => filesBelow(folder, root));
  const documents = files.filter((path) => /\.ya?ml$/.test(path)).slice(0, mostFiles);
  const yaml = documents.map((path) => record(readYamlFile(join(folder, path))));
  const listed = (key: string): readonly Entry[] => yaml.flatMap((document) => (Array.isArray(document[key]) ? document[key].map(record) : []));
  const named = (key: string): readonly string[] => listed(key).flatMap(({ name }) => (typeof name === "string" ? [name] : []));
  const stems = (ending: RegExp): readonly string[] => files.filter((path) => ending.test(path)).map((path) => parse(path).name);
  const types = new Map<string, string>();
  for (const name of [...named("models"), ...stems(/\.(?:sql|mjs)$/)]) types.set(name, "model");
  for (const name of [...named("seeds"), ...stems(/\.csv$/)]) types.set(name, "seed");
  for (const name of named("snapshots")) types.set(name, "snapshot");
  const tables = listed("sources").flatMap(({ name, tables: list }) => [
    String(name),
    ...(Array.isArray(list) ? list.map((table) => `${String(name)}.${String(record(table)["name"])}`) : []),
  ]);
  return {
    nodes: [...types].map(([name, type]) => ({ name, type })),
    values: {
      export: named("exports"),
      exposure: [...named("exposures"), ...named("exports")],
      path: files,
      selector: selectorNames(folder),
      source: tables,
      unit_test: named("unit_tests"),
    },
  };
}

function foldersOf(folder: string): readonly string[] {
  const given = record(record(readYamlFile(join(folder, projectFile)))["paths"]);
  return Object.entries(usualFolders).flatMap(([kind, usual]) => (Array.isArray(given[kind]) ? given[kind].map(String) : usual));
}

const usualFolders = { models: ["models"], seeds: ["seeds"], snapshots: ["snapshots"], exports: ["exports"] };

function filesBelow(folder: string, root: string): readonly string[] {
  try {
    return (readdirSync(join(folder, root), { recursive: true }) as readonly string[]).map((path) => `${root}/${path.replaceAll("\\", "/")}`);
  } catch {
    return [];
  }
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
