/**
 * The project as a graph: which resource depends on which, read from ref and source calls alone. Resolving names and
 * finding cycles happens here; templates are not rendered.
 */
import { type Diagnostic, diagnose, type Outcome } from "../core/diagnostic.ts";
import { suggestion } from "../core/did-you-mean.ts";
import { groupBy } from "../core/group-by.ts";
import type { Constraint } from "../parse/constraints.ts";
import type { Operation } from "../parse/operations.ts";
import type { Parsed } from "../parse/parse-project.ts";
import { type Built, type Group, isBuilt, type Macro, type Model, type Resource, type SourceTable } from "../parse/resource.ts";
import type { Calls, Dependency, RefCall, SourceCall } from "../parse/template.ts";
import { checkAccess, checkGroup } from "./access.ts";
import { callsOf } from "./calls.ts";
import { buildDag, type Dag, findCycles, topologicalOrder } from "./dag.ts";
import { isEnabled } from "./is-enabled.ts";
import { readScopes, type Scope, type Scopes } from "./scopes.ts";

export interface Graph {
  readonly projectName: string;
  /** Enabled resources by unique id, parents before children. */
  readonly nodes: ReadonlyMap<string, Resource>;
  readonly disabled: readonly Resource[];
  /** By the name that the project calls them by. */
  readonly macros: ReadonlyMap<string, Macro>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly operations: readonly Operation[];
  readonly dag: Dag;
  /** As the project itself means them. */
  readonly names: Names;
  readonly scopeOf: Scopes;
  /** The macros that a template uses, directly or through others. */
  readonly macrosOf: (calls: Calls) => readonly Macro[];
  /** What a resource names, in the order of its text. */
  readonly dependenciesOf: (node: Resource) => readonly Dependency[];
  /** The same for all templates of a node; the macro of a generic test among them. */
  readonly macrosUsedBy: (node: Resource) => readonly Macro[];
}

/** How refs and sources are looked up. */
export interface Names {
  /** The versions of models that have any, by their names. */
  readonly versions: ReadonlyMap<string, ReadonlyMap<string, Model>>;
  readonly relations: ReadonlyMap<string, Built>;
  readonly sources: ReadonlyMap<string, SourceTable>;
  /** What each package has itself, for refs that name one. */
  readonly packages: ReadonlyMap<string, Names>;
}

/** The same graph, with names and macros as a package means them. */
export function seenFrom(graph: Graph, packageName: string): Graph {
  return packageName === graph.projectName ? graph : { ...graph, ...graph.scopeOf(packageName) };
}

/** What a call names, wherever it stands. */
export type Named = Omit<RefCall, "span"> | Omit<SourceCall, "span">;

export function resolve(names: Names, dependency: Named): Built | SourceTable | undefined {
  if (dependency.kind === "source") return names.sources.get(`${dependency.source}.${dependency.table}`);
  const { name, version } = dependency;
  const among = dependency.package === undefined ? names : names.packages.get(dependency.package);
  return version === undefined ? among?.relations.get(name) : among?.versions.get(name)?.get(String(version));
}

export function buildGraph(projectName: string, parsed: Parsed): Outcome<Graph> {
  const diagnostics: Diagnostic[] = [];
  const scopeOf = readScopes(projectName, parsed.nodes, parsed.macros);
  const { names, macros } = scopeOf(projectName);
  const groups = readGroups(projectName, parsed);
  const macrosOf = (calls: Calls) => usedMacros(calls, macros, scopeOf);
  const enabled = parsed.nodes.filter((node) => isEnabled(node));
  const resolveAll = (node: Resource): readonly string[] =>
    dependenciesOf(node, scopeOf).flatMap((dependency) => {
      const { names } = scopeOf(node.packageName);
      const found = resolve(names, dependency);
      if (found && isEnabled(found)) {
        const denied = checkAccess(node, found, dependency);
        if (denied) diagnostics.push(denied);
        return [found.uniqueId];
      }
      const problem = found
        ? diagnose("RT0214", { name: found.name }, { span: dependency.span, notes: [{ message: "disabled here", span: found.span }] })
        : unknown(dependency, names, parsed);
      if (problem) diagnostics.push(problem);
      return [];
    });
  for (const { template } of parsed.operations) {
    for (const dependency of callDependencies(template.calls, macrosOf)) {
      const problem = resolve(names, dependency) ? undefined : unknown(dependency, names, parsed);
      if (problem) diagnostics.push(problem);
    }
  }
  const dag = buildDag(new Map(enabled.map((node) => [node.uniqueId, resolveAll(node)])));
  const byId = new Map(enabled.map((node) => [node.uniqueId, node]));

  for (const cycle of findCycles(dag)) {
    // Against the edges: an arrow is a ref, from the one that reads to the one that is read.
    const nodes = cycle.toReversed().map((id) => byId.get(id));
    const path = nodes.map((node) => node?.name ?? "?").join(" -> ");
    const notes = nodes.slice(0, -1).flatMap((node, i) => edgeNote(node, nodes[i + 1], scopeOf));
    diagnostics.push(diagnose("RT0205", { path }, { span: notes[0]?.span ?? nodes[0]?.span, notes: notes.slice(1) }));
  }
  diagnostics.push(...findSharedRelations(enabled), ...enabled.flatMap((node) => checkGroup(node, groups)));
  return { value: assemble(projectName, parsed, dag, scopeOf), diagnostics: dedupe(diagnostics) };
}

/** The graph of resources whose edges are known from an earlier run: the parents of every enabled one. */
export function restoreGraph(projectName: string, parsed: Parsed, parents: ReadonlyMap<string, readonly string[]>): Graph {
  return assemble(projectName, parsed, buildDag(parents), readScopes(projectName, parsed.nodes, parsed.macros));
}

function assemble(projectName: string, parsed: Parsed, dag: Dag, scopeOf: Scopes): Graph {
  const { names, macros } = scopeOf(projectName);
  const byId = new Map<string, Resource>();
  const disabled: Resource[] = [];
  for (const node of parsed.nodes) {
    if (isEnabled(node)) byId.set(node.uniqueId, node);
    else disabled.push(node);
  }
  const nodes = new Map(topologicalOrder(dag).map((id) => [id, byId.get(id) as Resource]));
  const macrosOf: MacrosOf = (calls) => usedMacros(calls, macros, scopeOf);
  return {
    projectName,
    nodes,
    disabled,
    macros,
    groups: readGroups(projectName, parsed),
    operations: parsed.operations,
    dag,
    names,
    scopeOf,
    macrosOf,
    macrosUsedBy: (node) => macrosUsedBy(node, scopeOf),
    dependenciesOf: (node) => dependenciesOf(node, scopeOf),
  };
}

/** A macro calls others as its own package knows them. */
function usedMacros(calls: Calls, macros: Scope["macros"], scopeOf: Scopes): readonly Macro[] {
  const used = new Set<Macro>();
  const visit = (inner: Calls, known: Scope["macros"]): void => {
    for (const { name } of [...inner.macros, ...inner.helpers]) {
      const macro = known.get(name);
      if (!macro || used.has(macro)) continue;
      used.add(macro);
      if (macro.body.kind === "template") visit(macro.body.template.calls, scopeOf(macro.packageName).macros);
    }
  };
  visit(calls, macros);
  return [...used];
}

/** Of two groups with one name, the project's own is meant. */
function readGroups(projectName: string, { groups }: Parsed): ReadonlyMap<string, Group> {
  return new Map(groups.toSorted((a, b) => Number(a.packageName === projectName) - Number(b.packageName === projectName)).map((group) => [group.name, group]));
}

type MacrosOf = Graph["macrosOf"];

function callDependencies(calls: Calls, macrosOf: MacrosOf): readonly Dependency[] {
  return [...calls.dependencies, ...macrosOf(calls).flatMap((macro) => (macro.body.kind === "template" ? macro.body.template.calls.dependencies : []))];
}

function macrosUsedBy(node: Resource, scopeOf: Scopes): readonly Macro[] {
  const { macros } = scopeOf(node.packageName);
  const macrosOf: MacrosOf = (calls) => usedMacros(calls, macros, scopeOf);
  const own = node.resourceType === "test" && node.testKind === "generic" ? macros.get(node.testName) : undefined;
  return [...new Set([...(own ? [own] : []), ...callsOf(node, macros).flatMap(macrosOf)])];
}

/** What a resource names, in the order of its text: its own calls, and those of the macros that it uses. */
function dependenciesOf(node: Resource, scopeOf: Scopes): readonly Dependency[] {
  const { macros } = scopeOf(node.packageName);
  const macrosOf: MacrosOf = (calls) => usedMacros(calls, macros, scopeOf);
  const inTemplates = callsOf(node, macros).flatMap((calls) => callDependencies(calls, macrosOf));
  switch (node.resourceType) {
    case "model":
      return [...inTemplates, ...node.constraints.flatMap(({ to }) => pointedAt(node, to))];
    case "snapshot":
      return inTemplates;
    case "seed":
      return inTemplates;
    case "source":
      return [];
    case "exposure":
    case "export":
      return node.dependencies;
    case "unit_test":
      return [ownDependency(node.owner)];
    case "test": {
      if (node.testKind === "singular") return inTemplates;
      const given = Object.values(node.arguments).flatMap((argument) => (argument.kind === "relation" ? [argument.dependency] : []));
      return [ownDependency(node.owner), ...given, ...inTemplates];
    }
  }
}

/** A foreign key within one table needs nothing that is built before. */
function pointedAt(model: Model, to: Constraint["to"]): readonly Dependency[] {
  return to === undefined || (to.kind === "ref" && to.name === model.name) ? [] : [to];
}

function ownDependency(owner: Built | SourceTable): Dependency {
  if (owner.resourceType === "source") return { kind: "source", source: owner.sourceName, table: owner.name, span: owner.span };
  const version = owner.resourceType === "model" ? owner.version : undefined;
  return { kind: "ref", name: owner.name, package: undefined, ...(version !== undefined && { version }), span: owner.span };
}

function unknown(dependency: Dependency, names: Names, parsed: Parsed): Diagnostic | undefined {
  if (dependency.kind === "source") {
    const full = `${dependency.source}.${dependency.table}`;
    const near = suggestion(full, names.sources.keys());
    return parsed.isIncomplete || parsed.brokenNames.has(dependency.source)
      ? undefined
      : diagnose(
          "RT0204",
          { source: dependency.source, table: dependency.table },
          { span: dependency.span, help: near ?? "declare it under `sources:` in a YAML file" },
        );
  }
  if (parsed.isIncomplete || parsed.brokenNames.has(dependency.name)) return undefined;
  const { version } = dependency;
  if (version !== undefined && names.relations.has(dependency.name)) {
    const versions = [...(names.versions.get(dependency.name)?.keys() ?? [])];
    const help = versions.length > 0 ? `its versions are ${versions.join(", ")}` : "it has no versions: leave the version away";
    return diagnose("RT0231", { name: dependency.name, version: String(version) }, { span: dependency.span, help });
  }
  const asSource = [...names.sources.values()].find((table) => table.name === dependency.name);
  const help =
    suggestion(dependency.name, names.relations.keys()) ??
    (asSource ? `it is a source: {{source "${asSource.sourceName}" "${asSource.name}"}}` : "`retain list` prints the models and seeds there are");
  return diagnose(
    "RT0203",
    { name: dependency.package === undefined ? dependency.name : `${dependency.package}.${dependency.name}` },
    { span: dependency.span, help },
  );
}

/** The ref that makes `child` depend on `parent`. */
function edgeNote(child: Resource | undefined, parent: Resource | undefined, scopeOf: Scopes) {
  if (!parent || !child) return [];
  const { names } = scopeOf(child.packageName);
  const call = dependenciesOf(child, scopeOf).find((dependency) => resolve(names, dependency) === parent);
  return call ? [{ message: `"${child.name}" reads "${parent.name}" here`, span: call.span }] : [];
}

function findSharedRelations(nodes: readonly Resource[]): readonly Diagnostic[] {
  const writers = nodes.filter(isBuilt).filter((node) => node.resourceType !== "model" || node.materialized !== "ephemeral");
  return [...groupBy(writers, (node) => `${node.schema}.${node.alias}`.toLowerCase())].flatMap(([relation, [first, ...others]]) =>
    others
      .filter(
        (other) => other.name !== first?.name || other.packageName !== first?.packageName || (other.resourceType === "model" && other.version !== undefined),
      )
      .map((other) => {
        const notes = first ? [{ message: "the other one", span: first.span }] : [];
        const isForeign = first !== undefined && other.packageName !== first.packageName;
        const help = isForeign
          ? `leave out that of the package, with \`without: [${other.name}]\` under \`packages\`, or give one of them another \`schema\``
          : undefined;
        return diagnose("RT0215", { relation }, { span: other.span, notes, help });
      }),
  );
}

function dedupe(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map(diagnostics.map((d) => [`${d.code} ${d.span?.file} ${d.span?.start} ${d.message}`, d]));
  return [...seen.values()];
}
