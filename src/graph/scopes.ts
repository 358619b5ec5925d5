/**
 * What a name means, seen from one package: its own nodes and macros first, then those of the project that uses it, then
 * those of the others. Macros of another package are called by both names, as in {{> shop.cents_to_money}}.
 */
import { type Built, isBuilt, type Macro, type Model, type Resource, type SourceTable } from "../parse/resource.ts";
import type { Names } from "./graph.ts";
import { isEnabled } from "./is-enabled.ts";

export interface Scope {
  readonly names: Names;
  readonly macros: ReadonlyMap<string, Macro>;
}

/** The scope of each package by its name; that of the project itself goes for all that has no other. */
export type Scopes = (packageName: string) => Scope;

export function readScopes(projectName: string, nodes: readonly Resource[], macros: readonly Macro[]): Scopes {
  const byPackage = new Map<string, Resource[]>([[projectName, []]]);
  for (const node of nodes) {
    const known = byPackage.get(node.packageName);
    if (known) known.push(node);
    else byPackage.set(node.packageName, [node]);
  }
  for (const { packageName } of macros) if (!byPackage.has(packageName)) byPackage.set(packageName, []);
  const order = [...byPackage.keys()];
  const packages = new Map<string, Names>();
  const scopes = new Map<string, Scope>();
  for (const [name, own] of byPackage) packages.set(name, readNames([own], packages));
  const scopeOf: Scopes = (packageName) => {
    const own = byPackage.has(packageName) ? packageName : projectName;
    const known = scopes.get(own);
    if (known) return known;
    const nearest = [...new Set([own, projectName, ...order])];
    const names =
      order.length === 1
        ? (packages.get(own) as Names)
        : readNames(
            nearest.map((name) => byPackage.get(name) ?? []),
            packages,
          );
    const made = { names, macros: new Map(macros.map((macro) => [macro.packageName === own ? macro.name : `${macro.packageName}.${macro.name}`, macro])) };
    scopes.set(own, made);
    return made;
  };
  return scopeOf;
}

/** Of two nodes with one name the nearer one is meant, unless it is disabled and the other one is not. */
function readNames(packagesInOrder: readonly (readonly Resource[])[], packages: ReadonlyMap<string, Names>): Names {
  const relations = new Map<string, Built>();
  const versions = new Map<string, Map<string, Model>>();
  const sources = new Map<string, SourceTable>();
  const prefers = (known: Resource | undefined, node: Resource): boolean =>
    known === undefined || known.packageName === node.packageName || (!isEnabled(known) && isEnabled(node));
  for (const node of packagesInOrder.flat()) {
    if (node.resourceType === "model" && node.version !== undefined) {
      const known = versions.get(node.name);
      if (!known || known.values().next().value?.packageName === node.packageName)
        versions.set(node.name, (known ?? new Map<string, Model>()).set(String(node.version), node));
      // Without a version a ref means the latest one.
      if (node.version === node.latestVersion && prefers(relations.get(node.name), node)) relations.set(node.name, node);
    } else if (isBuilt(node)) {
      if (prefers(relations.get(node.name), node)) relations.set(node.name, node);
    } else if (node.resourceType === "source") {
      const name = `${node.sourceName}.${node.name}`;
      if (prefers(sources.get(name), node)) sources.set(name, node);
    }
  }
  return { relations, versions, sources, packages };
}
