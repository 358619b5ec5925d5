/**
 * Which columns tell a model's rows apart, as far as its tests say: those that are tested to be unique and never NULL, or a
 * tested combination of columns that are never NULL. Tests of only some rows, by `where`, say nothing about the others.
 */
import type { Graph } from "../../graph/graph.ts";

interface Tested {
  readonly unique: string[];
  /** In lower case. */
  readonly notNull: Set<string>;
  readonly combinations: (readonly string[])[];
}

export function readPrimaryKeys(graph: Graph): ReadonlyMap<string, readonly string[]> {
  const tested = new Map<string, Tested>();
  for (const node of graph.nodes.values()) {
    if (node.resourceType !== "test" || node.testKind !== "generic" || node.where || node.owner.resourceType !== "model") continue;
    const owner = node.owner.uniqueId;
    const found = tested.get(owner) ?? { unique: [], notNull: new Set(), combinations: [] };
    tested.set(owner, found);
    const columns = node.arguments.columns;
    if (node.testName === "unique" && node.columnName !== undefined) found.unique.push(node.columnName);
    else if (node.testName === "not_null" && node.columnName !== undefined) found.notNull.add(node.columnName.toLowerCase());
    else if (node.testName === "unique_combination" && columns?.kind === "value" && Array.isArray(columns.value))
      found.combinations.push(columns.value.map(String));
  }
  return new Map([...tested].map(([owner, found]) => [owner, keyOf(found)]));
}

function keyOf({ unique, notNull, combinations }: Tested): readonly string[] {
  const isNeverNull = (column: string): boolean => notNull.has(column.toLowerCase());
  const single = [...new Set(unique.filter(isNeverNull))].toSorted();
  return single.length > 0 ? single : (combinations.find((columns) => columns.length > 0 && columns.every(isNeverNull)) ?? []);
}
