/** Which columns hold personal data: those declared so, and those of the same name in everything that is made from them. */
import type { Graph } from "../graph/graph.ts";

/** Names in lower case for every node. Nodes that add none share their parent's list. */
export function inheritPii(graph: Graph): ReadonlyMap<string, readonly string[]> {
  const none: readonly string[] = [];
  const inherited = new Map<string, readonly string[]>();
  for (const [id, node] of graph.nodes) {
    const own = "columns" in node ? node.columns.filter((column) => column.pii !== undefined).map((column) => column.name.toLowerCase()) : none;
    const parents = (graph.dag.parents.get(id) ?? []).map((parent) => inherited.get(parent) ?? none);
    const widest = parents.reduce((a, b) => (b.length > a.length ? b : a), none);
    const all = new Set([...widest, ...own, ...parents.filter((list) => list !== widest).flat()]);
    inherited.set(id, all.size === widest.length ? widest : [...all]);
  }
  return inherited;
}
