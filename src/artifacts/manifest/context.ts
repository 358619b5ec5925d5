/** What the writers of single manifest nodes share: looked up once, because there are thousands of nodes. */
import { type Compiled, type CompiledProject, codeOf } from "../../compile/compiled.ts";
import type { Config } from "../../config/config.ts";
import { quoteIdentifier } from "../../core/names.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Calls } from "../../parse/template.ts";

/** Fields that are `undefined` are left out of the file. */
export type ManifestEntry = Readonly<Record<string, unknown>>;

export interface ManifestContext {
  readonly config: Config;
  readonly graph: Graph;
  /** Missing when the project was parsed and not compiled. */
  readonly compiled: CompiledProject | undefined;
  /** By unique id, below `compiledRoot`. */
  readonly compiledPaths: ReadonlyMap<string, string>;
  /** Folder of the compiled SQL, relative to the project, with a `/` at its end. */
  readonly compiledRoot: string;
  readonly catalogName: string;
  /** Schema of the tables that keep the failing rows of tests. */
  readonly targetSchema: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** Columns that tests say tell the rows apart, by unique id. */
  readonly primaryKeys: ReadonlyMap<string, readonly string[]>;
}

export function compiledCode(id: string, { compiled }: ManifestContext): string | undefined {
  const entry = compiled?.nodes.get(id);
  return entry === undefined || entry.kind === "seed" ? undefined : codeOf(entry);
}

export function compiledPath(id: string, { compiledPaths, compiledRoot }: ManifestContext): string | undefined {
  const path = compiledPaths.get(id);
  return path === undefined ? undefined : compiledRoot + path;
}

/** The ephemeral models that the SQL holds as common table expressions, parents first; `undefined` if there are none. */
export function commonTables(parents: readonly string[], { compiled, graph }: ManifestContext): readonly ManifestEntry[] | undefined {
  const found = new Map<string, ManifestEntry>();
  const visit = (ids: readonly string[]): void => {
    for (const id of ids) {
      const entry = compiled?.nodes.get(id);
      if (!entry || !isEphemeral(entry) || found.has(id)) continue;
      visit(graph.dag.parents.get(id) ?? []);
      found.set(id, { id, sql: ` ${quoteIdentifier(entry.relation.name)} as (\n${entry.sql.text}\n)` });
    }
  };
  visit(parents);
  return found.size > 0 ? [...found.values()] : undefined;
}

function isEphemeral(entry: Compiled): entry is Extract<Compiled, { kind: "model" }> {
  return entry.kind === "model" && entry.node.materialized === "ephemeral";
}

const noMacros: readonly string[] = [];

/** The macros that a template names itself; those that these use are written under the macros. */
export function macroIds(calls: Calls, { graph }: ManifestContext): readonly string[] {
  if (graph.macros.size === 0 || (calls.macros.length === 0 && calls.helpers.length === 0)) return noMacros;
  const ids = new Set<string>();
  for (const { name } of [...calls.macros, ...calls.helpers]) {
    const macro = graph.macros.get(name);
    if (macro) ids.add(macroId(macro));
  }
  return [...ids];
}

export function macroId(macro: { readonly name: string; readonly packageName: string }): string {
  return `macro.${macro.packageName}.${macro.name}`;
}
