/** What a node reads, in the three forms that the manifest repeats it: ids, refs and sources. */
import type { Graph } from "../../graph/graph.ts";

interface RefEntry {
  readonly name: string;
  readonly version?: string | number;
}

export interface Lineage {
  readonly nodes: readonly string[];
  readonly refs: readonly RefEntry[];
  readonly sources: readonly (readonly [string, string])[];
}

const none: Lineage = { nodes: [], refs: [], sources: [] };

/** `parents` are those of the graph, or the same in another order. */
export function lineageOf(parents: readonly string[] | undefined, graph: Graph): Lineage {
  if (parents === undefined || parents.length === 0) return none;
  const refs: RefEntry[] = [];
  const sources: (readonly [string, string])[] = [];
  for (const id of parents) {
    const parent = graph.nodes.get(id);
    if (parent?.resourceType === "source") sources.push([parent.sourceName, parent.name]);
    else if (parent) refs.push({ name: parent.name, ...(parent.resourceType === "model" && parent.version !== undefined && { version: parent.version }) });
  }
  return { nodes: parents, refs, sources };
}
