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
import type { Calls, Dependency } from "../parse/template.ts";
import { checkAccess, checkGroup } from "./access.ts";
import { callsOf } from "./calls.ts";
import { buildDag, type Dag, findCycles, topologicalOrder } from "./dag.ts";

export interface Graph {
  readonly projectName: string;
  /** Enabled resources by unique id, parents before children. */
  readonly nodes: ReadonlyMap<string, Resource>;
  readonly disabled: readonly Resource[];
  readonly macros: ReadonlyMap<string, Macro>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly operations: readonly Operation[];
  readonly dag: Dag;
  readonly names: Names;
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
}

export function resolve(names: Names, dependency: Dependency): Built | SourceTable | undefined {
  if (dependency.kind === "source") return names.sources.get(`${dependency.source}.${dependency.table}`);
  const { name, version } = dependency;
  const found = version === undefined ? names.relations.get(name) : names.versions.get(name)?.get(String(version));
  return dependency.package === undefined || found?.packageName === dependency.package ? found : undefined;
}

export function buildGraph(projectName: string, parsed: Parsed): Outcome<Graph> {
  const diagnostics: Diagnostic[] = [];
  const macros = new Map(parsed.macros.map((macro) => [macro.name, macro]));
  const groups = new Map(parsed.groups.map((group) => [group.name, group]));
  const names = readNames(parsed.nodes);
  const macrosOf = (calls: Calls) => usedMacros(calls, macros);
  const enabled = parsed.nodes.filter((node) => isEnabled(node));
  const resolveAll = (node: Resource): readonly string[] =>
    dependenciesOf(node, macrosOf, macros).flatMap((dependency) => {
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
    const notes = nodes.slice(0, -1).flatMap((node, i) => edgeNote(node, nodes[i + 1], macrosOf, macros, names));
    diagnostics.push(diagnose("RT0205", { path }, { span: notes[0]?.span ?? nodes[0]?.span, notes: notes.slice(1) }));
  }
  diagnostics.push(...findSharedRelations(enabled), ...enabled.flatMap((node) => checkGroup(node, groups)));
  return { value: assemble(projectName, parsed, dag), diagnostics: dedupe(diagnostics) };
}

/** The graph of resources whose edges are known from an earlier run: the parents of every enabled one. */
export function restoreGraph(projectName: string, parsed: Parsed, parents: ReadonlyMap<string, readonly string[]>): Graph {
  return assemble(projectName, parsed, buildDag(parents));
}

function assemble(projectName: string, parsed: Parsed, dag: Dag): Graph {
  const macros = new Map(parsed.macros.map((macro) => [macro.name, macro]));
  const byId = new Map<string, Resource>();
  const disabled: Resource[] = [];
  for (const node of parsed.nodes) {
    if (isEnabled(node)) byId.set(node.uniqueId, node);
    else disabled.push(node);
  }
  const nodes = new Map(topologicalOrder(dag).map((id) => [id, byId.get(id) as Resource]));
  const macrosOf: MacrosOf = (calls) => usedMacros(calls, macros);
  return {
    projectName,
    nodes,
    disabled,
    macros,
    groups: new Map(parsed.groups.map((group) => [group.name, group])),
    operations: parsed.operations,
    dag,
    names: readNames(parsed.nodes),
    macrosOf,
    macrosUsedBy: (node) => macrosUsedBy(node, macros, macrosOf),
    dependenciesOf: (node) => dependenciesOf(node, macrosOf, macros),
  };
}

function isEnabled(node: Resource): boolean {
  if (isBuilt(node)) return node.enabled;
  if (node.resourceType === "unit_test") return node.enabled && node.owner.enabled;
  if (node.resourceType === "test") return node.config.enabled && (node.testKind === "singular" || isEnabled(node.owner));
  return true;
}

function readNames(nodes: readonly Resource[]): Names {
  const relations = new Map<string, Built>();
  const versions = new Map<string, Map<string, Model>>();
  const sources = new Map<string, SourceTable>();
  for (const node of nodes) {
    if (node.resourceType === "model" && node.version !== undefined) {
      const known = versions.get(node.name) ?? new Map<string, Model>();
      versions.set(node.name, known.set(String(node.version), node));
      // Without a version a ref means the latest one.
      if (node.version === node.latestVersion) relations.set(node.name, node);
    } else if (isBuilt(node)) relations.set(node.name, node);
    else if (node.resourceType === "source") sources.set(`${node.sourceName}.${node.name}`, node);
  }
  return { relations, versions, sources };
}

function usedMacros(calls: Calls, macros: ReadonlyMap<string, Macro>): readonly Macro[] {
  const used = new Map<string, Macro>();
  const visit = (inner: Calls): void => {
    for (const { name } of [...inner.macros, ...inner.helpers]) {
      const macro = macros.get(name);
      if (!macro || used.has(name)) continue;
      used.set(name, macro);
      if (macro.body.kind === "template") visit(macro.body.template.calls);
    }
  };
  visit(calls);
  return [...used.values()];
}

type MacrosOf = Graph["macrosOf"];

function callDependencies(calls: Calls, macrosOf: MacrosOf): readonly Dependency[] {
  return [...calls.dependencies, ...macrosOf(calls).flatMap((macro) => (macro.body.kind === "template" ? macro.body.template.calls.dependencies : []))];
}

function macrosUsedBy(node: Resource, macros: ReadonlyMap<string, Macro>, macrosOf: MacrosOf): readonly Macro[] {
  const own = node.resourceType === "test" && node.testKind === "generic" ? macros.get(node.testName) : undefined;
  return [...new Set([...(own ? [own] : []), ...callsOf(node, macros).flatMap(macrosOf)])];
}

/** What a resource names, in the order of its text: its own calls, and those of the macros that it uses. */
function dependenciesOf(node: Resource, macrosOf: MacrosOf, macros: ReadonlyMap<string, Macro>): readonly Dependency[] {
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
function edgeNote(child: Resource | undefined, parent: Resource | undefined, macrosOf: MacrosOf, macros: ReadonlyMap<string, Macro>, names: Names) {
  if (!parent || !child) return [];
  const call = dependenciesOf(child, macrosOf, macros).find((dependency) => resolve(names, dependency) === parent);
  return call ? [{ message: `"${child.name}" reads "${parent.name}" here`, span: call.span }] : [];
}

function findSharedRelations(nodes: readonly Resource[]): readonly Diagnostic[] {
  const writers = nodes.filter(isBuilt).filter((node) => node.resourceType !== "model" || node.materialized !== "ephemeral");
  return [...groupBy(writers, (node) => `${node.schema}.${node.alias}`.toLowerCase())].flatMap(([relation, [first, ...others]]) =>
    others
      .filter((other) => other.name !== first?.name || (other.resourceType === "model" && other.version !== undefined))
      .map((other) => diagnose("RT0215", { relation }, { span: other.span, notes: first ? [{ message: "the other one", span: first.span }] : [] })),
  );
}

function dedupe(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map(diagnostics.map((d) => [`${d.code} ${d.span?.file} ${d.span?.start} ${d.message}`, d]));
  return [...seen.values()];
}
