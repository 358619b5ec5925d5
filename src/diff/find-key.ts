/** Which columns tell the rows of a node apart: what constraints, settings and tests say. Pure. */
import { snapshotColumns } from "../compile/materializations/snapshot.ts";
import type { Graph } from "../graph/graph.ts";
import type { Built, GenericTest } from "../parse/resource.ts";

export interface Key {
  readonly columns: readonly string[];
  /** As people know it: `primary key`, `unique test`. */
  readonly origin: string;
}

/** All that may be one, the surest first. */
export function findKeys(graph: Graph, node: Built): readonly Key[] {
  const keys: Key[] = [];
  const add = (columns: readonly string[], origin: string): void => {
    if (columns.length > 0) keys.push({ columns, origin });
  };
  if (node.resourceType === "snapshot") add([snapshotColumns(node.config).versionId], "versions of a snapshot");
  if (node.resourceType === "model") {
    for (const { type, columns } of node.constraints) if (type === "primary_key") add(columns, "primary key");
    for (const { type, columns } of node.constraints) if (type === "unique") add(columns, "unique constraint");
    const { unique_key: unique } = node.config;
    add(unique === undefined ? [] : Array.isArray(unique) ? unique : [unique], "unique_key");
  }
  const tests = (graph.dag.children.get(node.uniqueId) ?? []).flatMap((id): readonly GenericTest[] => {
    const test = graph.nodes.get(id);
    const isOfAll = test?.resourceType === "test" && test.testKind === "generic" && !test.where && test.owner.uniqueId === node.uniqueId;
    return isOfAll ? [test] : [];
  });
  for (const { testName, columnName } of tests) if (testName === "unique" && columnName !== undefined) add([columnName], "unique test");
  for (const { testName, arguments: given } of tests) {
    const { columns } = given;
    if (testName === "unique_combination" && columns?.kind === "value" && Array.isArray(columns.value))
      add(columns.value.map(String), "unique_combination test");
  }
  return keys;
}
