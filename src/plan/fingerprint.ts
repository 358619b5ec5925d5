/**
 * What a node is made of, as hashes by part: if all are those of its last good build, building it again would give the same.
 * One rule for every kind of node: whatever text its compilation holds, its settings, its macros, its file. Pure.
 */
import { hash } from "node:crypto";
import type { Compiled, CompiledProject } from "../compile/compiled.ts";
import { plainSql } from "../compile/plain-sql.ts";
import type { MappedText } from "../core/mapped-text.ts";
import type { Steps } from "../core/steps.ts";
import type { Graph } from "../graph/graph.ts";
import { configOf } from "../graph/select/node-config.ts";

/** Hash by part: `sql`, `file`, `columns`, `config:materialized`, `macro:cents`, `source:web.visits`, `upstream:orders`, … */
export type Parts = Readonly<Record<string, string>>;

export interface FingerprintContext {
  readonly graph: Graph;
  readonly invocation: { readonly invocationId: string };
  /** retain's own version: another one may write another statement. */
  readonly version: string;
}

/** What every node of a run is made with: how the database is set, and what runs before the first of them. */
export function runParts(
  { operations }: Pick<CompiledProject, "operations">,
  settings: Readonly<Record<string, unknown>>,
  { invocationId, startedAt }: { readonly invocationId: string; readonly startedAt: string },
): Parts {
  const before = operations.flatMap(({ node, sql }) => (node.moment === "on_run_start" ? [plainSql(sql.text)] : []));
  const meaningful = Object.entries(settings).filter(([name]) => !onlyForSpeed.has(name));
  return {
    ...(before.length > 0 && { on_run_start: digest(before.map((sql) => sql.replaceAll(invocationId, "").replaceAll(startedAt, ""))) }),
    ...(meaningful.length > 0 && { settings: digest(meaningful.toSorted()) }),
  };
}

/** Settings of a database that make it faster or slower, and no row another one. */
const onlyForSpeed = new Set(["memory_limit", "max_memory", "threads", "worker_threads", "external_threads", "temp_directory", "max_temp_directory_size"]);

/** The parts that the project itself decides; what stands upstream is added by whoever knows it. */
export function ownParts(entry: Compiled, { graph, invocation, version }: FingerprintContext): Parts {
  const { node } = entry;
  const parts: Record<string, string> = { retain: digest(version) };
  const valuesOf = (value: unknown): readonly string[] => valuesIn(value).map((text) => text.replaceAll(invocation.invocationId, ""));
  const values = valuesOf("hooks" in entry ? { ...entry, hooks: undefined } : entry);
  if ("hooks" in entry && entry.hooks.pre.length + entry.hooks.post.length > 0) parts["hooks"] = digest(valuesOf(entry.hooks));
  if (values.length > 0) parts[entry.kind === "unit_test" ? "rows" : "sql"] = digest(values);
  // What has no SQL of its own is its file: a seed's bytes, a model in another language.
  if ("checksum" in node && (!("sql" in entry) || ("language" in node && node.language !== "sql"))) parts["file"] = digest(node.checksum);
  if ("relation" in entry) parts["relation"] = digest(entry.relation.sql);
  for (const [key, value] of Object.entries(configOf(node))) if (!toldElsewhere.has(key) && value !== undefined) parts[`config:${key}`] = digest(value);
  const { columns, description } = node as { readonly columns?: readonly ColumnParts[]; readonly description: string };
  if (columns && columns.length > 0) parts["columns"] = digest(columns.map(({ name, dataType }) => [name, dataType ?? null]));
  if (isPersisted(configOf(node)["persist_docs"])) parts["descriptions"] = digest([description, (columns ?? []).map((column) => column.description)]);
  for (const macro of graph.macrosUsedBy(node)) parts[`macro:${macro.name}`] = digest([macro.checksum, macro.arguments]);
  return parts;
}

/** The same of many nodes, by unique id. */
export function* ownPartsOf(entries: Iterable<Compiled>, context: FingerprintContext): Steps<ReadonlyMap<string, Parts>> {
  const found = new Map<string, Parts>();
  for (const entry of entries) {
    found.set(entry.node.uniqueId, ownParts(entry, context));
    yield;
  }
  return found;
}

interface ColumnParts {
  readonly name: string;
  readonly dataType: string | undefined;
  readonly description: string;
}

/** Settings that say how a node is found or shown and nothing of its rows, and those that other parts stand for. */
const toldElsewhere = new Set(["pre_hook", "post_hook", "tags", "meta", "docs", "group", "access", "enabled", "schema", "alias", "persist_docs"]);

function isPersisted(value: unknown): boolean {
  return value !== null && typeof value === "object" && Object.values(value).includes(true);
}

export function digest(value: unknown): string {
  return hash("sha256", typeof value === "string" ? value : JSON.stringify(value), "hex").slice(0, 16);
}

/** What is about the resource itself, about places in files, or different in every run. */
const skipped = new Set(["kind", "node", "relation", "privacy", "span", "places", "source", "file", "absolutePath", "projectDir", "run"]);

/** The SQL that compilation made for a node: its query, and whatever else it runs. */
export function sqlIn(value: unknown): readonly string[] {
  if (value === null || typeof value !== "object") return [];
  if (Array.isArray(value)) return value.flatMap(sqlIn);
  if (isSql(value)) return [value.text];
  return Object.keys(value).flatMap((name) => (skipped.has(name) ? [] : sqlIn((value as Record<string, unknown>)[name])));
}

/** Every value that compilation made for a node, in a fixed order; SQL without its layout. */
function valuesIn(value: unknown): readonly string[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object") return [String(value)];
  if (Array.isArray(value)) return value.flatMap(valuesIn);
  if (isSql(value)) return [plainSql(value.text)];
  return Object.keys(value).flatMap((name) => (skipped.has(name) ? [] : valuesIn((value as Record<string, unknown>)[name])));
}

/** SQL knows where it comes from, and that is found out only when it is asked for: so its other parts are left alone. */
function isSql(value: object): value is MappedText {
  return "pieces" in value && "text" in value;
}
