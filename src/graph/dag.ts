/** A directed acyclic graph of names. Generic: it does not know what the names stand for. Edges run from parent to child. */

export interface Dag {
  readonly parents: ReadonlyMap<string, readonly string[]>;
  readonly children: ReadonlyMap<string, readonly string[]>;
}

/** Every node needs an entry in `parents`; parents that have none are left out. Order is kept, duplicates are dropped. */
export function buildDag(parents: ReadonlyMap<string, readonly string[]>): Dag {
  const cleaned = new Map<string, readonly string[]>();
  const children = new Map<string, string[]>();
  for (const node of parents.keys()) children.set(node, []);
  for (const [node, list] of parents) {
    const own = (list.length > 1 ? [...new Set(list)] : list).filter((parent) => parents.has(parent));
    cleaned.set(node, own);
    for (const parent of own) children.get(parent)?.push(node);
  }
  return { parents: cleaned, children };
}

/** All that can be reached from `from` within `depth` steps, without `from` itself unless a cycle leads back. */
export function reach(edges: ReadonlyMap<string, readonly string[]>, from: Iterable<string>, depth = Number.POSITIVE_INFINITY): Set<string> {
  const reached = new Set<string>();
  let frontier = [...from];
  for (let step = 0; step < depth && frontier.length > 0; step++) {
    const next: string[] = [];
    for (const node of frontier) {
      for (const neighbour of edges.get(node) ?? []) {
        if (reached.has(neighbour)) continue;
        reached.add(neighbour);
        next.push(neighbour);
      }
    }
    frontier = next;
  }
  return reached;
}

export function ancestors(dag: Dag, node: string): Set<string> {
  return reach(dag.parents, [node]);
}

export function descendants(dag: Dag, node: string): Set<string> {
  return reach(dag.children, [node]);
}

/** Parents before children; among equals the order in which the nodes were given. Nodes on a cycle are left out. */
export function topologicalOrder(dag: Dag): readonly string[] {
  const waiting = new Map([...dag.parents].map(([node, parents]) => [node, parents.length]));
  const ready = [...waiting].filter(([, count]) => count === 0).map(([node]) => node);
  for (let i = 0; i < ready.length; i++) {
    for (const child of dag.children.get(ready[i] as string) ?? []) {
      const left = (waiting.get(child) ?? 0) - 1;
      waiting.set(child, left);
      if (left === 0) ready.push(child);
    }
  }
  return ready;
}

/** One path around each knot of nodes that depend on each other; the first node is repeated at the end. */
export function findCycles(dag: Dag): readonly (readonly string[])[] {
  const order = topologicalOrder(dag);
  if (order.length === dag.parents.size) return [];
  const sorted = new Set(order);
  const stuck = [...dag.parents.keys()].filter((node) => !sorted.has(node));
  const seen = new Set<string>();
  const cycles: string[][] = [];
  for (const start of stuck) {
    if (seen.has(start)) continue;
    const path = shortestWayBack(dag, start);
    if (!path) continue;
    cycles.push(path);
    const knot = reach(dag.children, [start]);
    for (const node of knot) if (reach(dag.children, [node]).has(start)) seen.add(node);
  }
  return cycles;
}

function shortestWayBack(dag: Dag, start: string): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const node of queue) {
    for (const child of dag.children.get(node) ?? []) {
      if (child === start) {
        const path: string[] = [];
        for (let at = node; at !== start; at = cameFrom.get(at) as string) path.unshift(at);
        return [start, ...path, start];
      }
      if (cameFrom.has(child)) continue;
      cameFrom.set(child, node);
      queue.push(child);
    }
  }
  return undefined;
}
