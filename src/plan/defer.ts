/**
 * Which nodes are read from another warehouse: those that are not selected and stand there, unless they stand here, too.
 * Pure; what stands where is handed in.
 */
import type { CompiledProject } from "../compile/compiled.ts";
import { isStored } from "../compile/is-stored.ts";
import type { Relation } from "../compile/values.ts";
import { quoteIdentifier } from "../core/names.ts";
import type { Graph } from "../graph/graph.ts";
import type { Plan } from "./plan.ts";

/** Where a node stands in another warehouse. */
export interface RelationPlace {
  readonly schema: string;
  readonly name: string;
}

export interface DeferRequest {
  readonly selected: ReadonlySet<string>;
  /** What stands in this warehouse, and in the other one: keys of `placeKey`. */
  readonly here: ReadonlySet<string>;
  readonly there: ReadonlySet<string>;
  /** Where the other warehouse has each node, by unique id. */
  readonly places: ReadonlyMap<string, RelationPlace>;
  /** The name under which the other database is attached; `undefined` when both are one file. */
  readonly alias: string | undefined;
  /** Reads from the other warehouse also what stands here. */
  readonly favorState: boolean;
}

export function placeKey({ schema, name }: RelationPlace): string {
  return `${schema}.${name}`.toLowerCase();
}

/** The relations to read in place of this warehouse's own, by unique id. */
export function deferRelations(compiled: CompiledProject, request: DeferRequest): ReadonlyMap<string, Relation> {
  const { selected, here, there, places, alias, favorState } = request;
  const deferred = new Map<string, Relation>();
  for (const [id, node] of compiled.nodes) {
    if (selected.has(id) || !isStored(node)) continue;
    if (!favorState && here.has(placeKey(node.relation))) continue;
    const place = places.get(id);
    if (!place || !there.has(placeKey(place))) continue;
    const parts = [...(alias === undefined ? [] : [alias]), place.schema, place.name];
    deferred.set(id, { kind: "relation", database: alias, schema: place.schema, name: place.name, sql: parts.map(quoteIdentifier).join(".") });
  }
  return deferred;
}

export interface MissingRelation {
  /** The node that stands in neither warehouse. */
  readonly id: string;
  readonly reader: string;
}

/** What the plan reads and nobody has: not built by it, not here and not there. */
export function findMissing(
  graph: Graph,
  compiled: CompiledProject,
  plan: Plan,
  deferred: ReadonlyMap<string, Relation>,
  here: ReadonlySet<string>,
): readonly MissingRelation[] {
  const built = new Set(plan.stages.map(({ id }) => id));
  const missing = new Map<string, MissingRelation>();
  const visit = (from: string, reader: string, seen: Set<string>): void => {
    for (const id of graph.dag.parents.get(from) ?? []) {
      const node = compiled.nodes.get(id);
      if (!node || seen.has(id) || built.has(id) || deferred.has(id) || missing.has(id)) continue;
      seen.add(id);
      // What is no relation of its own is read through.
      if (!isStored(node)) visit(id, reader, seen);
      else if (!here.has(placeKey(node.relation))) missing.set(id, { id, reader });
    }
  };
  for (const id of built) visit(id, id, new Set());
  return [...missing.values()];
}
