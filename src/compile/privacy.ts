/**
 * Which columns must not be shown. Personal are those declared so, and those of the same name in everything that is made
 * from them. Under a new name they cannot be told from others, so where personal data is upstream, only columns that
 * somebody has declared are shown.
 */
import { ancestors } from "../graph/dag.ts";
import type { Graph } from "../graph/graph.ts";
import type { Snapshot } from "../parse/resource.ts";
import { snapshotColumns } from "./materializations/snapshot.ts";

export interface Privacy {
  /** Personal columns, in lower case. */
  readonly pii: readonly string[];
  /** Columns that are declared and not personal, in lower case; only where there is personal data at all. */
  readonly declared: readonly string[];
}

export const nothingPersonal: Privacy = { pii: [], declared: [] };

/** What must not be shown of a query that reads all that these describe. */
export function joinPrivacy(parts: readonly Privacy[]): Privacy {
  const pii = [...new Set(parts.flatMap((part) => part.pii))];
  if (pii.length === 0) return nothingPersonal;
  return { pii, declared: [...new Set(parts.flatMap((part) => part.declared))].filter((name) => !pii.includes(name)) };
}

/** Nodes that have none are left out if nothing in the project is personal. */
export function findPrivacy(graph: Graph): ReadonlyMap<string, Privacy> {
  const found = new Map<string, Privacy>();
  if (![...graph.nodes.values()].some((node) => "columns" in node && node.columns.some(({ pii }) => pii !== undefined))) return found;
  const inherited = inheritPii(graph);
  const privacyOf = (id: string): Privacy => {
    const pii = inherited.get(id) ?? [];
    if (pii.length === 0) return nothingPersonal;
    const declared = new Set<string>();
    for (const ancestor of [id, ...ancestors(graph.dag, id)]) {
      const node = graph.nodes.get(ancestor);
      if (node && "columns" in node) for (const column of node.columns) declared.add(column.name.toLowerCase());
      if (node?.resourceType === "snapshot") for (const column of timesOf(node)) declared.add(column.toLowerCase());
    }
    return { pii, declared: [...declared].filter((name) => !pii.includes(name)) };
  };
  for (const [id, node] of graph.nodes) {
    // Most nodes are tests of one model, and there is nothing personal in them but what that one has.
    const [parent, ...others] = "columns" in node ? [] : (graph.dag.parents.get(id) ?? []);
    found.set(id, (others.length === 0 && parent !== undefined && found.get(parent)) || privacyOf(id));
  }
  return found;
}

/** What a snapshot adds tells nothing of a person, but for its hash of the key. */
function timesOf({ config }: Snapshot): readonly string[] {
  const { validFrom, validTo, updatedAt, isDeleted } = snapshotColumns(config);
  return [validFrom, validTo, updatedAt, isDeleted];
}

/** Nodes that add none share their parent's list. */
function inheritPii(graph: Graph): ReadonlyMap<string, readonly string[]> {
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
